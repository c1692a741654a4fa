// HAPROXY_CLI and HAPROXY_MASTER_CLI are not among them: there is no command line of HAProxy's behind a stats
// socket yet.
#include "cli/haproxy_variables.hpp"

#include <cstdlib>

#include "parser/host_name.hpp"

namespace shunt::cli {
namespace {

std::string joined(const std::vector<std::string>& files) {
  std::string list;
  for (const std::string& file : files) list.append(list.empty() ? "" : ";").append(file);
  return list;
}

void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

}  // namespace

void set_haproxy_variables(const VariableFacts& facts) {
  set("HAPROXY_LOCALPEER", facts.local_peer.empty() ? parser::host_name() : facts.local_peer);
  set("HAPROXY_CFGFILES", joined(facts.files));
  set("HAPROXY_STARTUP_VERSION", SHUNT_VERSION);
  if (facts.master_worker)
    set("HAPROXY_MWORKER", "1");
  else
    ::unsetenv("HAPROXY_MWORKER");
}

}  // namespace shunt::cli
