// Looking up, connecting, writing, reading: each step begins the next; one timer ends them all.
#include "runtime/http_exchange.hpp"

#include <fmt/core.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <vector>

#include "runtime/host_lookup.hpp"

namespace shunt::runtime {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class HttpExchange::Steps : public std::enable_shared_from_this<Steps> {
 public:
  Steps(asio::io_context& io, HttpRequest request, Then then)
      : io_(io), request_(std::move(request)), then_(std::move(then)), socket_(io), timer_(io) {}

  void begin(std::chrono::milliseconds limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this(), limit](const error_code& error) {
      if (!error) self->fail(fmt::format("no whole answer within {} ms", limit.count()));
    });
    lookup_.begin(io_, request_.host, [self = shared_from_this()](FoundHost found) {
      if (self->over_) return;
      if (!found)
        return self->fail(fmt::format("'{}' can't be resolved: {}", self->request_.host, found.error()));
      self->connect(found.value());
    });
  }

  // The address is gone, and with it whoever waits.
  void abandon() {
    then_ = nullptr;
    close();
  }

 private:
  void connect(const HostAddresses& addresses) {
    std::vector<tcp::endpoint> ends;
    for (const asio::ip::address& address : addresses) ends.emplace_back(address, request_.port);
    asio::async_connect(socket_, ends,
                        [self = shared_from_this()](const error_code& error, const tcp::endpoint&) {
                          if (self->over_) return;
                          if (error) return self->fail(self->what("can't be connected to", error));
                          self->write();
                        });
  }

  void write() {
    asio::async_write(socket_, asio::buffer(request_.bytes),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (self->over_) return;
                        if (error) return self->fail(self->what("can't be written to", error));
                        self->read();
                      });
  }

  void read() {
    socket_.async_read_some(asio::buffer(input_),
                            [self = shared_from_this()](const error_code& error, std::size_t size) {
                              if (!self->over_) self->take(error, size);
                            });
  }

  void take(const error_code& error, std::size_t size) {
    if (error && error != asio::error::eof) return fail(what("can't be read from", error));
    const auto state = error ? answer_.end() : answer_.feed({input_.data(), size});
    if (state == HttpAnswer::State::wants_more) return read();
    if (state == HttpAnswer::State::bad)
      return fail(fmt::format("the answer can't be used: {}", answer_.fault()));
    finish(std::move(answer_));
  }

  [[nodiscard]] std::string what(std::string_view failed, const error_code& error) const {
    return fmt::format("'{}:{}' {}: {}", request_.host, request_.port, failed, error.message());
  }

  void fail(std::string why) { finish(HttpFault{std::move(why)}); }

  void finish(Result<HttpAnswer, HttpFault> outcome) {
    if (over_) return;
    close();
    if (const Then then = std::exchange(then_, nullptr)) then(std::move(outcome));
  }

  void close() {
    over_ = true;
    error_code ignored;
    lookup_.cancel();
    socket_.close(ignored);
    timer_.cancel();
  }

  asio::io_context& io_;
  HttpRequest request_;
  Then then_;
  HostLookup lookup_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  HttpAnswer answer_;
  std::array<char, 4096> input_;
  bool over_ = false;
};

HttpExchange::HttpExchange(asio::io_context& io, HttpRequest request, std::chrono::milliseconds limit,
                           Then then)
    : steps_(std::make_shared<Steps>(io, std::move(request), std::move(then))) {
  steps_->begin(limit);
}

HttpExchange::~HttpExchange() { steps_->abandon(); }

}  // namespace shunt::runtime
