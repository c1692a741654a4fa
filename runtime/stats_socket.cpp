// Binding and serving the sockets of `stats socket` lines.
#include "runtime/stats_socket.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "parser/result.hpp"
#include "runtime/error_text.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/stats_connection.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;

constexpr int backlog = 16;

std::string failure(const char* what, int error, const graph::StatsSocket& line) {
  const bool path = line.address.family == parser::AddressFamily::unix_path;
  return fmt::format("{} ({}) {}[{}]", what, error_text(error), path ? "" : "for ",
                     path ? line.address.host : parser::to_string(line.address));
}

Result<void, std::string> bind_path(int fd, const graph::StatsSocket& line, FreshPaths& paths) {
  const auto bound = paths.bind(fd, line.address.host, line.unix_socket, backlog);
  if (bound) return success();
  const PathFault& fault = bound.assume_error();
  return failure("cannot bind UNIX socket", fault.too_long ? ENAMETOOLONG : fault.error, line);
}

Result<void, std::string> bind_other(int fd, const graph::StatsSocket& line) {
  const SocketAddress address = to_socket_address(line.address, line.address.port);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(fd, address.get(), address.size) != 0) return failure("cannot bind socket", errno, line);
  if (::listen(fd, backlog) != 0) return failure("cannot listen to socket", errno, line);
  return success();
}

// Lines with the same one may use one socket.
std::string identity(const graph::StatsSocket& line) {
  const bool path = line.address.family == parser::AddressFamily::unix_path;
  return parser::to_string(line.address) + (path ? owner_identity(line.unix_socket) : "");
}

// Of one socket; a reload may change it.
using Level = std::shared_ptr<graph::AdminLevel>;

// One listening descriptor in the io_context. No operation may outlive stop().
class Endpoint : public std::enable_shared_from_this<Endpoint> {
 public:
  Endpoint(asio::io_context& io, int fd, Level level, std::shared_ptr<StatsDesk> desk)
      : io_(io), descriptor_(io, fd), rest_(io), level_(std::move(level)), desk_(std::move(desk)) {
    descriptor_.native_non_blocking(true);
  }

  void wait() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error) return;
                             self->go_on(self->accept_one());
                           });
  }
  void close() {
    rest_.cancel();
    descriptor_.close();
  }

 private:
  // A descriptor that can't be accepted from at all, because it is something else, would be ready for ever.
  void go_on(int error) {
    switch (error) {
      case 0:
      case EAGAIN:
      case EINTR:
      case EPROTO:
      case ECONNABORTED: return wait();
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM: return wait_for_resources();
      default: return;
    }
  }
  void wait_for_resources() {
    rest_.expires_after(std::chrono::milliseconds(100));
    rest_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && self->descriptor_.is_open()) self->wait();
    });
  }

  // 0 or errno.
  int accept_one() {
    UniqueFd client(::accept4(descriptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!client) return errno;
    serve_stats_connection(io_, std::move(client), *level_, desk_);
    return 0;
  }

  asio::io_context& io_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer rest_;
  Level level_;
  std::shared_ptr<StatsDesk> desk_;
};

}  // namespace

struct StatsSockets::Data {
  struct One {
    std::string identity;
    Level level;
    UniqueFd bound = {};  // until it is served
    std::shared_ptr<Endpoint> serving = {};
  };
  std::vector<One> all;
  std::shared_ptr<StatsDesk> desk = std::make_shared<StatsDesk>();
};

StatsSockets::StatsSockets(std::unique_ptr<Data> data) : data_(std::move(data)) {}

StatsSockets::~StatsSockets() { stop(); }

Result<UniqueFd, std::string> open_stats_socket(const graph::StatsSocket& line, FreshPaths& paths) {
  if (line.address.family == parser::AddressFamily::inherited) return UniqueFd(line.address.inherited_fd);
  const bool path = line.address.family == parser::AddressFamily::unix_path;
  const int family = path ? AF_UNIX : to_socket_address(line.address, line.address.port).family();
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return failure("cannot create receiving socket", errno, line);
  BOOST_OUTCOME_TRY(path ? bind_path(fd.get(), line, paths) : bind_other(fd.get(), line));
  return fd;
}

std::unique_ptr<StatsSockets> StatsSockets::open(const graph::Graph& graph, FreshPaths& paths,
                                                 std::vector<BindFinding>& findings) {
  auto data = std::make_unique<Data>();
  for (const graph::StatsSocket& line : graph.global.stats_sockets) {
    auto made = open_stats_socket(line, paths);
    if (made) {
      data->all.push_back(
          {identity(line), std::make_shared<graph::AdminLevel>(line.level), std::move(made).value()});
      continue;
    }
    findings.push_back(
        {.span = line.span, .message = std::move(made).error(), .family = line.address.family});
  }
  return std::unique_ptr<StatsSockets>(new StatsSockets(std::move(data)));
}

StatsSockets::Identities StatsSockets::identities() const {
  Identities found;
  for (const Data::One& one : data_->all) found.push_back(one.identity);
  return found;
}

std::vector<std::size_t> StatsSockets::missing(const Identities& open, const graph::Graph& graph) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < graph.global.stats_sockets.size(); ++i)
    if (std::ranges::find(open, identity(graph.global.stats_sockets[i])) == open.end()) found.push_back(i);
  return found;
}

void StatsSockets::adopt(asio::io_context& io, std::shared_ptr<const Generation> generation,
                         std::map<std::size_t, UniqueFd> opened) {
  const graph::Graph& graph = *generation->graph;
  std::vector<Data::One> kept;
  for (std::size_t i = 0; i < graph.global.stats_sockets.size(); ++i) {
    const graph::StatsSocket& line = graph.global.stats_sockets[i];
    const std::string name = identity(line);
    const auto same = std::ranges::find(data_->all, name, &Data::One::identity);
    if (const auto fresh = opened.find(i); fresh != opened.end())
      kept.push_back({name, std::make_shared<graph::AdminLevel>(), std::move(fresh->second)});
    else if (same != data_->all.end())
      kept.push_back(std::exchange(*same, {}));
    else
      continue;
    *kept.back().level = line.level;
  }
  close_all();
  data_->all = std::move(kept);
  serve(io, std::move(generation));
}

void StatsSockets::answer_with(Answers answers) { data_->desk->answers = std::move(answers); }

void StatsSockets::serve(asio::io_context& io, std::shared_ptr<const Generation> generation) {
  data_->desk->generation = std::move(generation);
  for (Data::One& one : data_->all) {
    if (!one.bound) continue;
    one.serving = std::make_shared<Endpoint>(io, one.bound.release(), one.level, data_->desk);
    one.serving->wait();
  }
}

void StatsSockets::stop() {
  close_all();
  data_->desk->generation.reset();
  data_->desk->answers = {};
  const std::set<StatsGuest*> guests = data_->desk->guests;
  for (StatsGuest* guest : guests) guest->close();
}

void StatsSockets::close_all() {
  for (const Data::One& one : data_->all)
    if (one.serving) one.serving->close();
  data_->all.clear();
}

}  // namespace shunt::runtime
