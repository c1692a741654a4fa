// The pid file: opened while its directory can be reached, written when the pid is known.
#pragma once
#include <sys/types.h>
#include <string>

#include "parser/result.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

class Pidfile {
 public:
  // Creates or empties the file (mode 0644). Error: text as HAProxy words it.
  [[nodiscard]] static Result<Pidfile, std::string> open(const std::string& path);
  void write(pid_t pid);

 private:
  UniqueFd file_;
};

}  // namespace shunt::runtime
