// What the files say about watching servers: programs of checks, and mails about what they find.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "fetchers/endpoint.hpp"
#include "graph/check_program.hpp"
#include "graph/log_target.hpp"

namespace shunt::graph {

struct MailAlerts {
  std::string from, to, host;  // host: empty: the machine's name
  LogLevel level = LogLevel::alert;
  std::vector<fetchers::Endpoint> servers = {};
  std::chrono::milliseconds timeout{10000};
};

// By ProxyId.
struct ServerChecks {
  std::vector<std::shared_ptr<const CheckProgram>> programs = {};  // null: servers are only connected to
  std::vector<std::shared_ptr<const MailAlerts>> mails = {};       // null: none are sent
};

}  // namespace shunt::graph
