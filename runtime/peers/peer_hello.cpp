// Hellos and answers, as strict as HAProxy's.
#include "runtime/peers/peer_hello.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <charconv>

namespace shunt::runtime {
namespace {

constexpr std::size_t longest_line = 1024;
constexpr std::string_view protocol = "HAProxyS ";

// False: there is no whole line yet. Without its end.
bool take_line(std::string& line, std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  line += bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (end == std::string_view::npos) return false;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

// "2.1": numbers, and nothing behind them.
bool read_version(std::string_view text, unsigned& major, unsigned& minor) {
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  return second.ec == std::errc() && second.ptr == end;
}

}  // namespace

std::string hello_text(std::string_view target, std::string_view sender) {
  return fmt::format("HAProxyS 2.1\n{}\n{} {} 1\n", target, sender, ::getpid());
}

std::optional<PeerStatus> PeerHelloReader::judge(std::string_view line, std::string_view local) {
  unsigned major = 0, minor = 0;
  switch (lines_++) {
    case 0:
      if (!line.starts_with(protocol)) return PeerStatus::protocol_error;
      if (!read_version(line.substr(protocol.size()), major, minor) || major != 2 || minor > 1)
        return PeerStatus::bad_version;
      hello_.timed = minor == 1;
      return std::nullopt;
    case 1:
      if (line != local) return PeerStatus::wrong_name;
      hello_.target = line;
      return std::nullopt;
    default: break;
  }
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return PeerStatus::protocol_error;
  hello_.sender = line.substr(0, blank);
  return PeerStatus::succeeded;
}

std::optional<PeerStatus> PeerHelloReader::take(std::string_view& bytes, std::string_view local) {
  while (take_line(line_, bytes)) {
    if (const auto status = judge(line_, local)) return status;
    line_.clear();
  }
  return line_.size() > longest_line ? std::optional(PeerStatus::protocol_error) : std::nullopt;
}

std::optional<std::uint32_t> PeerStatusReader::take(std::string_view& bytes) {
  if (!take_line(line_, bytes)) return line_.size() > longest_line ? std::optional(0U) : std::nullopt;
  std::uint32_t status = 0;
  std::from_chars(line_.data(), line_.data() + line_.size(), status);
  return status;
}

}  // namespace shunt::runtime
