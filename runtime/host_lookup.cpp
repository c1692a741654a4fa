// The thread keeps a mailbox alive, not those who wait for what it finds.
#include "runtime/host_lookup.hpp"

#include <netdb.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/signals_blocked.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

asio::ip::address address_in(const addrinfo& entry) {
  if (entry.ai_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, entry.ai_addr, sizeof(v4));
    return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, entry.ai_addr, sizeof(v6));
  asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return asio::ip::address_v6(bytes, v6.sin6_scope_id);
}

}  // namespace

FoundHost resolve_host(const std::string& host) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failed != 0) return std::string(::gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  HostAddresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next)
    if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6) addresses.push_back(address_in(*entry));
  if (addresses.empty()) return std::string("it has no address");
  return addresses;
}

struct HostLookup::Mailbox {
  std::mutex mutex;
  asio::io_context* io = nullptr;  // null: nobody waits any more
  Then then = {};                  // the waiting thread's

  static void deliver(const std::shared_ptr<Mailbox>& box, FoundHost found) {
    const std::lock_guard lock(box->mutex);
    if (box->io == nullptr) return;
    asio::post(*box->io, [box, found = std::move(found)]() mutable {
      if (const Then then = std::exchange(box->then, nullptr)) then(std::move(found));
    });
  }
};

void HostLookup::begin(asio::io_context& io, const std::string& host, Then then, Resolve resolve) {
  cancel();
  mailbox_ = std::make_shared<Mailbox>();
  mailbox_->io = &io;
  mailbox_->then = std::move(then);
  boost::system::error_code no_address;
  const asio::ip::address address = asio::ip::make_address(host, no_address);
  if (!no_address) return Mailbox::deliver(mailbox_, HostAddresses{address});
  const SignalsBlocked blocked;
  try {
    std::thread([box = mailbox_, host, resolve = std::move(resolve)] {
      Mailbox::deliver(box, resolve(host));
    }).detach();
  } catch (const std::system_error& error) {
    Mailbox::deliver(mailbox_, std::string(error.what()));
  }
}

void HostLookup::cancel() {
  const auto box = std::exchange(mailbox_, nullptr);
  if (!box) return;
  Then forgotten;  // goes after the lock
  const std::lock_guard lock(box->mutex);
  box->io = nullptr;
  forgotten.swap(box->then);
}

}  // namespace shunt::runtime
