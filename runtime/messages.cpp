// What the process says to its operator on stderr, in HAProxy's form.
#include "runtime/messages.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>

#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

namespace {

// stderr, or the copy that was kept of it. Each message is one write: others write there too.
class TerminalSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void keep() {
    const std::lock_guard lock(mutex_);
    kept_.reset(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    kept_.reset();
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    static_cast<void>(!::write(kept_ ? kept_.get() : STDERR_FILENO, line.data(), line.size()));
  }
  void flush_() override {}

  UniqueFd kept_;
};

}  // namespace

struct Messages::Data {
  std::shared_ptr<TerminalSink> sink = std::make_shared<TerminalSink>();
  spdlog::logger logger{"messages", sink};
};

Messages::Messages(bool quiet) : data_(std::make_unique<Data>()), quiet_(quiet) {
  data_->logger.set_pattern("%v");
}

Messages::~Messages() = default;

void Messages::keep_terminal() { data_->sink->keep(); }

void Messages::silence() {
  quiet_ = true;
  data_->sink->let_go();
}

// The pid is asked for each time: the process that started may not be the one that goes on.
void Messages::write(std::string_view label, std::string_view text) const {
  if (quiet_) return;
  data_->logger.critical("{:<10} ({}) : {}", label, ::getpid(), text);
  data_->logger.flush();
}

void Messages::alert(std::string_view text) const { write("[ALERT]", text); }
void Messages::warning(std::string_view text) const { write("[WARNING]", text); }
void Messages::notice(std::string_view text) const { write("[NOTICE]", text); }

void Messages::plain(std::string_view text) const {
  if (quiet_) return;
  data_->logger.critical("{}", text);
  data_->logger.flush();
}

}  // namespace shunt::runtime
