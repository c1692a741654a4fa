// The addresses of a host by the system's resolver, which blocks: on a thread that nobody ever waits for.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "parser/result.hpp"

namespace shunt::runtime {

using HostAddresses = std::vector<boost::asio::ip::address>;  // at least one
using FoundHost = Result<HostAddresses, std::string>;         // or why not

// getaddrinfo(3).
[[nodiscard]] FoundHost resolve_host(const std::string& host);

// One at a time; from the thread that runs the io_context.
class HostLookup {
 public:
  using Then = std::function<void(FoundHost)>;                   // called from the io_context, once
  using Resolve = std::function<FoundHost(const std::string&)>;  // called on the thread

  HostLookup() = default;
  ~HostLookup() { cancel(); }
  HostLookup(const HostLookup&) = delete;
  HostLookup& operator=(const HostLookup&) = delete;

  // An IP address needs no thread. What waits is no work that keeps the io_context running.
  void begin(boost::asio::io_context& io, const std::string& host, Then then, Resolve resolve = resolve_host);
  // `then` is not called any more; whatever the thread is still at, the io_context may go.
  void cancel();

 private:
  struct Mailbox;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace shunt::runtime
