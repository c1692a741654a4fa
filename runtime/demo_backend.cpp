// A coroutine per connection; nothing here is on the data path.
#include "runtime/demo_backend.hpp"

#include <fmt/core.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr std::size_t longest_line = 4096;

// One answer per line, so that a person with `nc` and a script both see what arrived.
asio::awaitable<void> answer_lines(tcp::socket socket) {
  std::string pending;
  boost::system::error_code error;
  for (;;) {
    const std::size_t size =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(pending, longest_line), '\n',
                                        asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const std::string reply = fmt::format("the plain backend received: {}", pending.substr(0, size));
    pending.erase(0, size);
    co_await asio::async_write(socket, asio::buffer(reply), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
  boost::system::error_code error;
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    asio::co_spawn(acceptor.get_executor(), answer_lines(std::move(socket)), asio::detached);
  }
}

bool listen_on(tcp::acceptor& acceptor, std::uint16_t port, boost::system::error_code& error) {
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return !error;
}

}  // namespace

int serve_demo_backend(std::uint16_t port, std::string& error) {
  asio::io_context io(1);
  tcp::acceptor acceptor(io);
  boost::system::error_code code;
  if (!listen_on(acceptor, port, code)) {
    error = code.message();
    return 1;
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
  asio::co_spawn(io, accept_all(acceptor), asio::detached);
  io.run();
  return 0;
}

}  // namespace shunt::runtime
