// Files that have no name.
#include "runtime/memory_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

namespace shunt::runtime {

UniqueFd in_memory(std::string_view bytes) {
  UniqueFd file(::memfd_create("shunt-reading", MFD_CLOEXEC));
  while (file && !bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written <= 0) return UniqueFd();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

std::string contents_of(int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return {};
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = ::pread(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got <= 0) return {};
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace shunt::runtime
