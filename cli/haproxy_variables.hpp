// The HAPROXY_* variables that a file finds in its environment (manual, 2.3 "Environment variables").
#pragma once
#include <string>
#include <vector>

namespace shunt::cli {

// What the command line says of them.
struct VariableFacts {
  std::vector<std::string> files;  // -f
  std::string local_peer = {};     // -L; empty: the host's name, until `localpeer` gives another
  bool master_worker = false;
};

// Puts them into the environment of the process. To be called before there are threads.
void set_haproxy_variables(const VariableFacts& facts);

}  // namespace shunt::cli
