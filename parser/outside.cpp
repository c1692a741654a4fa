// System calls behind the questions, and the typed forms of questions and replies.
#include "parser/outside.hpp"

#include <arpa/inet.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace shunt::parser {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t address_size = 17;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Reply last_error() { return {.error = errno != 0 ? errno : EIO}; }

Reply read(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (!file) return last_error();
  Reply reply;
  std::array<char, 65536> block;
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), file.get()))
    reply.bytes.append(block.data(), size);
  return std::ferror(file.get()) != 0 ? last_error() : reply;
}

Reply kind(const std::string& path) {
  struct stat status{};
  PathKind found = PathKind::absent;
  if (::stat(path.c_str(), &status) == 0)
    found = S_ISREG(status.st_mode)   ? PathKind::file
            : S_ISDIR(status.st_mode) ? PathKind::directory
                                      : PathKind::other;
  return {.bytes = std::string(1, static_cast<char>(found))};
}

Reply list(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) names.push_back(entry.path().filename());
  if (error) return {.error = error.value()};
  std::ranges::sort(names);
  Reply reply;
  for (const std::string& name : names) reply.bytes.append(name).push_back('\0');
  return reply;
}

Reply readable(const std::string& path) { return ::access(path.c_str(), R_OK) == 0 ? Reply{} : last_error(); }

Reply writable(const std::string& path) { return ::access(path.c_str(), W_OK) == 0 ? Reply{} : last_error(); }

void append(const sockaddr* address, std::string& to) {
  if (address->sa_family == AF_INET) {
    to += '4';
    to.append(reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr), 4);
    to.append(12, '\0');
  } else if (address->sa_family == AF_INET6) {
    to += '6';
    to.append(reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr), 16);
  }
}

Reply resolve(const std::string& argument) {
  addrinfo hints = {};
  hints.ai_family = argument[0] == '4' ? AF_INET : argument[0] == '6' ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(argument.c_str() + 2, nullptr, &hints, &found) != 0 || found == nullptr)
    return {.error = ENOENT};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  Reply reply;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
    append(each->ai_addr, reply.bytes);
  return reply;
}

// One thread reads the configuration.
// NOLINTBEGIN(concurrency-mt-unsafe)
Reply user(const std::string& name) {
  const passwd* const found = getpwnam(name.c_str());
  return found != nullptr ? Reply{.bytes = std::to_string(found->pw_uid)} : Reply{.error = ENOENT};
}

Reply group(const std::string& name) {
  const ::group* const found = getgrnam(name.c_str());
  return found != nullptr ? Reply{.bytes = std::to_string(found->gr_gid)} : Reply{.error = ENOENT};
}
// NOLINTEND(concurrency-mt-unsafe)

Reply directory(const std::string&) {
  std::error_code error;
  std::string path = fs::current_path(error).string();
  return {.error = error.value(), .bytes = std::move(path)};
}

Reply enter(const std::string& path) { return ::chdir(path.c_str()) == 0 ? Reply{} : last_error(); }

// By Question.
constexpr Reply (*answers[])(const std::string&) = {read,    kind, list,  readable,  writable,
                                                    resolve, user, group, directory, enter};

class Machine final : public Outside {
 public:
  Reply ask(Question question, const std::string& argument) override {
    errno = 0;
    return answers[static_cast<std::size_t>(question)](argument);
  }
};

// A thread that reads a configuration does so to the end: what it reads from is a property of the thread.
thread_local Outside* instead_of_machine = nullptr;

Reply ask(Question question, const std::string& argument) { return outside().ask(question, argument); }

std::optional<std::uint32_t> number(Question question, const std::string& name) {
  const Reply reply = ask(question, name);
  std::uint32_t value = 0;
  if (reply.error != 0) return std::nullopt;
  std::from_chars(reply.bytes.data(), reply.bytes.data() + reply.bytes.size(), value);
  return value;
}

}  // namespace

Outside& machine() {
  static Machine only;
  return only;
}

Outside& outside() { return instead_of_machine != nullptr ? *instead_of_machine : machine(); }

OutsideScope::OutsideScope(Outside& instead) : before_(instead_of_machine) { instead_of_machine = &instead; }
OutsideScope::~OutsideScope() { instead_of_machine = before_; }

Result<std::string, int> read_file(const std::string& path) {
  Reply reply = ask(Question::read, path);
  errno = reply.error;
  if (reply.error != 0) return failure(reply.error);
  return success(std::move(reply.bytes));
}

PathKind path_kind(const std::string& path) {
  const Reply reply = ask(Question::kind, path);
  return reply.bytes.empty() ? PathKind::absent : static_cast<PathKind>(reply.bytes[0]);
}

std::vector<std::string> list_directory(const std::string& path) {
  const Reply reply = ask(Question::list, path);
  std::vector<std::string> names;
  for (std::string_view rest = reply.bytes; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

bool is_readable(const std::string& path) { return ask(Question::readable, path).error == 0; }
bool is_writable(const std::string& directory) { return ask(Question::writable, directory).error == 0; }

std::vector<NamedAddress> resolve_name(const std::string& host, NameFamily family) {
  const Reply reply = ask(Question::resolve, std::string(1, static_cast<char>(family)) + ' ' + host);
  std::vector<NamedAddress> addresses;
  for (std::size_t at = 0; at + address_size <= reply.bytes.size(); at += address_size) {
    NamedAddress& added = addresses.emplace_back();
    added.family = static_cast<NameFamily>(reply.bytes[at]);
    std::memcpy(added.bytes.data(), reply.bytes.data() + at + 1, added.bytes.size());
  }
  return addresses;
}

std::optional<std::uint32_t> user_number(const std::string& name) { return number(Question::user, name); }
std::optional<std::uint32_t> group_number(const std::string& name) { return number(Question::group, name); }

Result<std::string, int> working_directory() {
  Reply reply = ask(Question::directory, {});
  if (reply.error != 0) return failure(reply.error);
  return success(std::move(reply.bytes));
}

int enter_directory(const std::string& path) { return ask(Question::enter, path).error; }

}  // namespace shunt::parser
