// Certificates for names that no certificate is made out for, signed while the client waits and then kept.
#pragma once
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "graph/pki/certificate_store.hpp"

namespace shunt::runtime {

// Used by all threads. What it gives out has no chain but the signer.
class GeneratedCertificates {
 public:
  using Made = std::shared_ptr<const graph::pki::Certificate>;

  // `capacity`: how many are kept, the longest unused ones go first.
  GeneratedCertificates(std::shared_ptr<const graph::pki::Certificate> signer, std::size_t capacity);

  // `like`: whose key the certificate is made out for. null: none can be made for this name.
  [[nodiscard]] Made get(std::string_view name, const graph::pki::Certificate& like);

 private:
  using Order = std::list<std::pair<std::string, Made>>;  // the last one used first
  [[nodiscard]] Made make(std::string_view name, const graph::pki::Certificate& like);
  [[nodiscard]] Made kept(const std::string& key);
  void keep(std::string key, const Made& made);

  std::shared_ptr<const graph::pki::Certificate> signer_;
  std::size_t capacity_;
  std::atomic<std::uint64_t> serial_;
  std::mutex mutex_ = {};
  Order order_ = {};
  std::unordered_map<std::string, Order::iterator> by_key_ = {};
};

}  // namespace shunt::runtime
