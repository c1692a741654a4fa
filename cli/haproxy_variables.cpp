// HAPROXY_CLI and HAPROXY_MASTER_CLI are not among them: there is no command line of HAProxy's behind a stats
// socket yet.
#include "cli/haproxy_variables.hpp"

#include "parser/host_name.hpp"
#include "parser/process_environment.hpp"

namespace shunt::cli {
namespace {

std::string joined(const std::vector<std::string>& files) {
  std::string list;
  for (const std::string& file : files) list.append(list.empty() ? "" : ";").append(file);
  return list;
}

}  // namespace

void set_haproxy_variables(const VariableFacts& facts) {
  using parser::process_environment::set;
  set("HAPROXY_LOCALPEER", facts.local_peer.empty() ? parser::host_name() : facts.local_peer);
  set("HAPROXY_CFGFILES", joined(facts.files));
  set("HAPROXY_STARTUP_VERSION", SHUNT_VERSION);
  if (facts.master_worker)
    set("HAPROXY_MWORKER", "1");
  else
    parser::process_environment::unset("HAPROXY_MWORKER");
}

}  // namespace shunt::cli
