// What reading a configuration takes from the machine: files, directories, names. All of it passes here, so
// that it can be recorded where it is allowed and repeated where it is not (docs/decisions/0007-reload.md).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"

namespace shunt::parser {

enum class Question : std::uint8_t {
  read,      // the bytes of a file
  kind,      // one byte: a PathKind
  list,      // names of a directory's entries, each with a NUL behind it
  readable,  // no error: it can be
  writable,  // no error: a file can be made in this directory
  resolve,   // family ("4", "6" or "0"), ' ', host name: addresses of 17 bytes, the first of them 4 or 6
  user,      // number of a user or a group, in decimal
  group,
  directory,  // the working directory
  enter       // makes another directory that
};

struct Reply {
  int error = 0;  // errno; other than 0: `bytes` says nothing
  std::string bytes = {};
};

class Outside {
 public:
  virtual ~Outside() = default;
  [[nodiscard]] virtual Reply ask(Question question, const std::string& argument) = 0;
  [[nodiscard]] virtual bool may_change_process() const { return true; }  // its environment variables
};

// The machine itself.
[[nodiscard]] Outside& machine();
// What the calling thread reads from: the machine, unless a scope says otherwise.
[[nodiscard]] Outside& outside();

class OutsideScope {
 public:
  explicit OutsideScope(Outside& instead);
  ~OutsideScope();
  OutsideScope(const OutsideScope&) = delete;
  OutsideScope& operator=(const OutsideScope&) = delete;

 private:
  Outside* before_;
};

// ---- typed questions to outside()

enum class PathKind : std::uint8_t { absent, file, directory, other };
enum class NameFamily : char { any = '0', ipv4 = '4', ipv6 = '6' };
struct NamedAddress {
  NameFamily family = NameFamily::ipv4;
  std::array<std::uint8_t, 16> bytes = {};  // IPv4: the first four
};

[[nodiscard]] Result<std::string, int> read_file(const std::string& path);  // else errno, which is also set
[[nodiscard]] PathKind path_kind(const std::string& path);
[[nodiscard]] inline bool is_directory(const std::string& path) {
  return path_kind(path) == PathKind::directory;
}
[[nodiscard]] std::vector<std::string> list_directory(const std::string& path);  // in byte order
[[nodiscard]] bool is_readable(const std::string& path);
[[nodiscard]] bool is_writable(const std::string& directory);
[[nodiscard]] std::vector<NamedAddress> resolve_name(const std::string& host, NameFamily family);
[[nodiscard]] std::optional<std::uint32_t> user_number(const std::string& name);
[[nodiscard]] std::optional<std::uint32_t> group_number(const std::string& name);
[[nodiscard]] Result<std::string, int> working_directory();
[[nodiscard]] int enter_directory(const std::string& path);  // 0, or errno

}  // namespace shunt::parser
