// A datagram socket for each name server, or one connection, which is made when there is something to ask.
#include "runtime/names/name_sockets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace shunt::runtime {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

asio::ip::address address_of(const fetchers::Endpoint& endpoint) {
  if (endpoint.family == fetchers::Family::ipv6) return asio::ip::address_v6(endpoint.address);
  asio::ip::address_v4::bytes_type bytes{};
  std::copy_n(endpoint.address.begin(), bytes.size(), bytes.begin());
  return asio::ip::address_v4(bytes);
}

}  // namespace

class NameSockets::Peer {
 public:
  virtual ~Peer() = default;
  virtual Sent send(const std::string& query) = 0;
  virtual void close() = 0;
};

namespace {

using Sent = NameSockets::Sent;

class Datagrams final : public NameSockets::Peer, public std::enable_shared_from_this<Datagrams> {
 public:
  Datagrams(asio::io_context& io, const fetchers::Endpoint& to, std::size_t payload,
            std::function<void(std::string_view)> heard)
      : socket_(io), to_(address_of(to), to.port), buffer_(payload + 1), heard_(std::move(heard)) {}

  // Opened late: by then the process may have another network's rules, and names may never be asked for.
  Sent send(const std::string& query) override {
    error_code error;
    if (!socket_.is_open() && !open()) return Sent::nowhere;
    socket_.send(asio::buffer(query), 0, error);
    // A refusal that the kernel kept from the question before is told once; this one wasn't sent then.
    if (error == asio::error::connection_refused) socket_.send(asio::buffer(query), 0, error);
    return error && error != asio::error::connection_refused ? Sent::failed : Sent::yes;
  }
  void close() override {
    heard_ = {};
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  bool open() {
    error_code error;
    socket_.open(to_.protocol(), error);
    if (!error) socket_.connect(to_, error);
    if (!error) socket_.non_blocking(true, error);
    if (error) {
      error_code ignored;
      socket_.close(ignored);
      return false;
    }
    receive();
    return true;
  }

  void receive() {
    socket_.async_receive(asio::buffer(buffer_),
                          [self = shared_from_this()](const error_code& error, std::size_t size) {
                            self->received(error, size);
                          });
  }

  void received(const error_code& error, std::size_t size) {
    if (error == asio::error::operation_aborted || !heard_) return;
    if (!error && size > 0) heard_({buffer_.data(), size});
    if (heard_ && socket_.is_open()) receive();
  }

  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint to_;
  std::vector<char> buffer_;
  std::function<void(std::string_view)> heard_;
};

// Messages behind their size, many on one connection. One that breaks is made again for the next question.
class Connection final : public NameSockets::Peer, public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, const fetchers::Endpoint& to, std::function<void(std::string_view)> heard)
      : socket_(io), to_(address_of(to), to.port), heard_(std::move(heard)) {}

  Sent send(const std::string& query) override {
    constexpr std::size_t most = 1 << 20;
    if (waiting_.size() > most) return drop(), Sent::failed;
    waiting_ += static_cast<char>(query.size() >> 8);
    waiting_ += static_cast<char>(query.size() & 0xff);
    waiting_ += query;
    if (!socket_.is_open())
      connect();
    else if (connected_ && under_way_.empty())
      write();
    return Sent::yes;
  }
  void close() override {
    heard_ = {};
    drop();
  }

 private:
  void drop() {
    error_code ignored;
    socket_.close(ignored);
    connected_ = false;
    ++turn_;
    waiting_.clear();
    under_way_.clear();
  }

  // Handlers of a connection that was dropped say nothing of the next one.
  template <class Next>
  auto unless_dropped(Next next) {
    return [self = shared_from_this(), turn = turn_, next](const error_code& error, auto... rest) {
      if (self->turn_ != turn) return;
      if (error) return self->drop();
      next(*self, rest...);
    };
  }

  void connect() {
    error_code error;
    socket_.open(to_.protocol(), error);
    if (error) return drop();
    socket_.async_connect(to_, unless_dropped([](Connection& self) {
                            self.connected_ = true;
                            self.read_size();
                            self.write();
                          }));
  }

  void write() {
    if (waiting_.empty()) return;
    under_way_.swap(waiting_);
    asio::async_write(socket_, asio::buffer(under_way_), unless_dropped([](Connection& self, std::size_t) {
                        self.under_way_.clear();
                        self.write();
                      }));
  }

  void read_size() {
    asio::async_read(socket_, asio::buffer(size_), unless_dropped([](Connection& self, std::size_t) {
                       const auto size = static_cast<std::size_t>(self.size_[0] << 8 | self.size_[1]);
                       self.message_.resize(size);
                       self.read_message();
                     }));
  }
  void read_message() {
    asio::async_read(socket_, asio::buffer(message_), unless_dropped([](Connection& self, std::size_t) {
                       if (self.heard_) self.heard_(self.message_);
                       if (self.connected_) self.read_size();
                     }));
  }

  asio::ip::tcp::socket socket_;
  asio::ip::tcp::endpoint to_;
  std::function<void(std::string_view)> heard_;
  std::string waiting_, under_way_, message_;
  std::array<unsigned char, 2> size_ = {};
  std::uint64_t turn_ = 0;
  bool connected_ = false;
};

}  // namespace

NameSockets::NameSockets(asio::io_context& io, const graph::Resolvers& section, const Heard& heard) {
  for (std::size_t i = 0; i < section.servers.size(); ++i) {
    const graph::NameServer& server = section.servers[i];
    auto told = [heard, i](std::string_view message) { heard(i, message); };
    if (server.stream)
      peers_.push_back(std::make_shared<Connection>(io, server.address, std::move(told)));
    else
      peers_.push_back(std::make_shared<Datagrams>(io, server.address, section.payload, std::move(told)));
  }
}

NameSockets::~NameSockets() {
  for (const auto& peer : peers_) peer->close();
}

void NameSockets::send(const std::string& query, const Told& told) {
  for (std::size_t i = 0; i < peers_.size(); ++i) told(i, peers_[i]->send(query));
}

}  // namespace shunt::runtime
