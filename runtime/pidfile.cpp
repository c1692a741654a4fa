// The pid file.
#include "runtime/pidfile.hpp"

#include <fcntl.h>
#include <fmt/core.h>

namespace shunt::runtime {

Result<Pidfile, std::string> Pidfile::open(const std::string& path) {
  Pidfile result;
  result.file_.reset(::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644));
  if (!result.file_) return fmt::format("[haproxy.main()] Cannot create pidfile {}", path);
  return result;
}

void Pidfile::write(pid_t pid) {
  const std::string line = fmt::format("{}\n", pid);
  static_cast<void>(!::write(file_.get(), line.data(), line.size()));
  file_.reset();
}

}  // namespace shunt::runtime
