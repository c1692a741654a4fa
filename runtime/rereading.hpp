// How a running process gets its files read again: by who knows the command line.
#pragma once
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "graph/load.hpp"

namespace shunt::runtime {

// The files of the command line as they are now, judged as at a start.
struct Rereading {
  std::unique_ptr<graph::Loaded> loaded = {};
  bool good = false;
  std::string text = {};  // the findings in line form, under the given process id
};
using ReadConfiguration = std::function<Rereading(pid_t pid)>;

}  // namespace shunt::runtime
