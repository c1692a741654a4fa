// Certificates and patterns that are renewed while the process runs: hears what the watcher says of changed
// files, and makes ready what takes their place, on a thread of its own.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "graph/pki/store_renewal.hpp"
#include "runtime/generation.hpp"
#include "runtime/unique_fd.hpp"
#include "runtime/watched_files.hpp"

namespace shunt::runtime {

// What came of a change, for the main thread.
struct Renewed {
  std::shared_ptr<const TlsSet> set = {};  // null: no certificate changes
  acl::FileSets patterns = {};             // that are others now
  std::vector<graph::pki::RenewalFinding> findings = {};
  std::string fault = {};  // of watching itself
  bool ended = false;      // nothing more will come
};

// For one generation; ends with the object.
class Renewals {
 public:
  using Then = std::function<void(Renewed)>;  // called on the thread
  // `watcher`: the conversation with it.
  Renewals(UniqueFd watcher, std::shared_ptr<const Generation> generation, WatchedFiles files,
           std::uint32_t threads, Then then);
  ~Renewals();
  Renewals(const Renewals&) = delete;
  Renewals& operator=(const Renewals&) = delete;

 private:
  void run();
  UniqueFd watcher_;
  std::shared_ptr<const Generation> generation_;
  WatchedFiles files_;
  std::uint32_t threads_;
  Then then_;
  std::thread thread_;
};

// The same as `before`, but for what `state` has newer certificates for. Null and `fault`: OpenSSL refused
// one.
[[nodiscard]] std::shared_ptr<const TlsSet> make_tls_set(const Generation& generation, const TlsSet* before,
                                                         std::shared_ptr<const graph::TlsState> state,
                                                         std::uint32_t threads, std::string& fault);

}  // namespace shunt::runtime
