// Mails about servers, by SMTP, one after the other at each mail server.
#pragma once
#include <boost/asio/io_context.hpp>
#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/server_checks.hpp"
#include "runtime/script_runner.hpp"
#include "runtime/tls/tls_connection.hpp"

namespace shunt::runtime {

// The conversation for one mail: `line` without its full stop is subject and text.
[[nodiscard]] graph::CheckProgram mail_program(const graph::MailAlerts& alerts, const std::string& host,
                                               std::string_view line, std::time_t now);

// Used by the main thread. What is under way goes on when its owner is gone.
class MailSender : public std::enable_shared_from_this<MailSender> {
 public:
  explicit MailSender(boost::asio::io_context& io) : io_(io) {}
  void send(const std::shared_ptr<const graph::MailAlerts>& alerts, std::string_view line);

 private:
  struct Mail {
    graph::CheckProgram program;
    std::chrono::milliseconds limit;
  };
  // What waits at one server.
  struct Box {
    fetchers::Endpoint endpoint = {};
    std::deque<Mail> mails = {};
    std::shared_ptr<ScriptRunner> runner = {};
  };
  [[nodiscard]] Box& box_at(const fetchers::Endpoint& endpoint);
  void deliver(Box& box);

  boost::asio::io_context& io_;
  TlsTools tls_tools_ = {};
  fetchers::ExpressionPool pool_ = {};
  fetchers::Scratch scratch_{256};
  fetchers::Context context_ = {};
  std::deque<Box> boxes_ = {};  // which keep their places
};

}  // namespace shunt::runtime
