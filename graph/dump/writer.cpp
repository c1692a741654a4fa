// Quoting, units, and what several kinds of lines have in common.
#include "graph/dump/writer.hpp"

#include "graph/names.hpp"

namespace shunt::graph::config {

std::string quoted(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@*,+=%()[]{}<>!?&;|~^";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string written(const std::string& value) { return value.empty() ? std::string() : quoted(value); }
std::string written(bool) { return {}; }
std::string written(std::uint32_t value) { return std::to_string(value); }
std::string written(Milliseconds value) { return fmt::format("{}ms", value.count()); }
std::string written(const parser::Address& value) { return quoted(parser::to_string(value)); }

void octal(Writer& to, std::string_view name, const Maybe<std::uint32_t>& setting) {
  if (setting) to.raw(fmt::format(" {} {:o}", name, setting->value));
}

void write_log(Writer& to, const LogLine& log) {
  if (!to.own(log.span)) return;
  if (log.global) return to.raw("    log global\n");
  const LogTarget& target = log.target;
  const std::string where = target.kind == LogTarget::Kind::ring ? quoted("ring@" + target.path)
                            : target.kind != LogTarget::Kind::descriptor
                                ? quoted(parser::to_string(log.address))
                            : target.descriptor == 1 ? "stdout"
                            : target.descriptor == 2 ? "stderr"
                                                     : fmt::format("fd@{}", target.descriptor);
  const std::string format =
      log.format_written ? fmt::format(" format {}", names::of(target.format)) : std::string();
  to.raw(fmt::format("    log {} len {}{} {} {} {}\n", where, target.length, format,
                     names::of(target.facility), names::of(target.most_verbose),
                     names::of(target.least_verbose)));
}

void write_versions(Writer& to, const TlsVersions& versions) {
  to.parameter("ssl-min-ver", versions.min);
  to.parameter("ssl-max-ver", versions.max);
  for (std::size_t i = 0; i < std::size(names::disabled_versions); ++i)
    to.parameter(names::disabled_versions[i], versions.disabled[i]);
}

void write_alpn(Writer& to, const Maybe<std::string>& alpn) {
  if (!alpn) return;
  if (alpn->value.empty()) return to.raw(" no-alpn");
  to.raw(fmt::format(" alpn {}", quoted(names::alpn_list(alpn->value))));
}

}  // namespace shunt::graph::config
