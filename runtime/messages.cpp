// What the process says to its operator on stderr, in HAProxy's form.
#include "runtime/messages.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

namespace shunt::runtime {

struct Messages::Data {
  spdlog::logger logger{"messages", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Messages::Messages(bool quiet) : data_(std::make_unique<Data>()), quiet_(quiet) {
  data_->logger.set_pattern("%v");
}

Messages::~Messages() = default;

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
