// Keeps OCSP responses of certificates with `ocsp-update on` fresh, on the main thread.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "graph/tls_renewal.hpp"
#include "runtime/tls/stapled_answers.hpp"

namespace shunt::runtime {

class OcspUpdates {
 public:
  // What it leads to.
  struct Effects {
    // To the threads; null: there is none any more.
    std::function<void(const std::vector<CertificatePtr>&, std::shared_ptr<const StapledAnswer>)> staple;
    std::function<void(const std::string&)> report;  // the line of one update, for the log
    std::function<void(const std::string&)> warn;
  };

  OcspUpdates(boost::asio::io_context& io, Effects effects);
  ~OcspUpdates();
  OcspUpdates(const OcspUpdates&) = delete;
  OcspUpdates& operator=(const OcspUpdates&) = delete;

  // These certificates from now on. Those that are known keep what was fetched for them and their dates.
  void adopt(const graph::TlsState& state);
  // What adopt() left over may go: no new connection is shown the certificates of before.
  void forget_others();
  void stop();

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
