// Reading, answering, closing; nobody may keep a connection without saying or taking something.
#include "runtime/stats_connection.hpp"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/names/name_commands.hpp"
#include "runtime/table_commands.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

constexpr std::string_view unknown = "Commands are not available yet in this build.\n";
constexpr std::size_t longest_line = 16384;
constexpr std::chrono::seconds patience{10};

class Connection final : public StatsGuest, public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, UniqueFd client, graph::AdminLevel level, std::shared_ptr<StatsDesk> desk)
      : descriptor_(io, client.release()), idle_(io), level_(level), desk_(std::move(desk)) {
    descriptor_.native_non_blocking(true);
    desk_->guests.insert(this);
  }
  ~Connection() { desk_->guests.erase(this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void close() override {
    idle_.cancel();
    descriptor_.close();
  }

  void wait(Descriptor::wait_type what) {
    idle_.expires_after(patience);
    idle_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->descriptor_.close();
    });
    descriptor_.async_wait(what, [self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->ready();
    });
  }

 private:
  void ready() { answering_ ? write() : read(); }

  void read() {
    char room[4096];
    const ssize_t got = ::read(descriptor_.native_handle(), room, sizeof(room));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait(Descriptor::wait_read);
    if (got > 0) line_.append(room, static_cast<std::size_t>(got));
    const std::size_t end = line_.find('\n');
    if (end == std::string::npos && got > 0 && line_.size() < longest_line)
      return wait(Descriptor::wait_read);
    if (got < 0 || line_.empty() || (end == std::string::npos && got > 0)) return close();
    line_.resize(std::min(end, line_.size()));
    answering_ = true;
    generation_ = desk_->generation;
    write();
  }

  // The next piece of the answer; false: all has been said.
  bool prepare() {
    while (out_.empty()) {
      if (reply_ != nullptr) {
        if (!reply_->next(out_)) {
          reply_.reset();
          out_ += '\n';
        }
        continue;
      }
      if (!next_command()) return false;
    }
    return true;
  }

  // Commands stand between semicolons.
  bool next_command() {
    if (at_ > line_.size()) return false;
    std::size_t end = at_;
    while (end < line_.size() && line_[end] != ';') end += line_[end] == '\\' ? 2 : 1;
    end = std::min(end, line_.size());
    words_ = command_words(std::string_view(line_).substr(at_, end - at_));
    at_ = end + 1;
    if (generation_ != nullptr) {
      if (auto told =
              answer_name_command(words_, generation_->graph->resolvers, *generation_->name_counters)) {
        out_ = std::move(*told) + '\n';
        return true;
      }
      reply_ = answer_table_command(
          {.words = words_, .level = level_, .graph = *generation_->graph, .state = *generation_->state});
    }
    if (reply_ == nullptr) out_ = unknown;
    return true;
  }

  void write() {
    while (prepare()) {
      const ssize_t sent = ::send(descriptor_.native_handle(), out_.data(), out_.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno == EAGAIN) return wait(Descriptor::wait_write);
      if (sent < 0) return close();
      out_.erase(0, static_cast<std::size_t>(sent));
    }
    close();
  }

  Descriptor descriptor_;
  asio::steady_timer idle_;
  graph::AdminLevel level_;
  std::shared_ptr<StatsDesk> desk_;
  std::shared_ptr<const Generation> generation_;
  std::string line_, out_;
  std::size_t at_ = 0;  // in the line: where the next command begins
  std::vector<std::string> words_;
  std::unique_ptr<TableReply> reply_;
  bool answering_ = false;
};

}  // namespace

void serve_stats_connection(asio::io_context& io, UniqueFd client, graph::AdminLevel level,
                            std::shared_ptr<StatsDesk> desk) {
  std::make_shared<Connection>(io, std::move(client), level, std::move(desk))->wait(Descriptor::wait_read);
}

}  // namespace shunt::runtime
