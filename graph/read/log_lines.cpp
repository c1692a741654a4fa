// `log` lines in all their forms, and the choice of a log format.
#include <fmt/core.h>

#include <algorithm>

#include "graph/names.hpp"
#include "graph/read/proxy_lines.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using config::LogFormatLine;
using config::LogLine;
using parser::Word;

// stdout, stderr and fd@N are written to; everything else is a socket address.
bool read_target(Reading& reading, LogLine& log) {
  const Word& word = reading.arguments[0];
  log.target.span = reading.span();
  if (word == "stdout" || word == "stderr") {
    log.target.descriptor = word == "stdout" ? 1 : 2;
    return true;
  }
  const bool to_backend = reading.state.language() >= 209 && word.value.starts_with("backend@");
  if (to_backend) {
    reading.report(codes::unsupported, word.span, "logs to log backends are not available yet");
    log.unsupported = true;
    return true;
  }
  if (constexpr std::string_view prefix = "ring@"; word.value.starts_with(prefix)) {
    log.target.kind = LogTarget::Kind::ring;
    log.target.path = word.value.substr(prefix.size());
    return true;
  }
  const auto address = read_address(reading, word);
  if (!address) return false;
  if (address->port_kind == parser::PortKind::plus || address->port_kind == parser::PortKind::minus ||
      address->port != address->port_end) {
    reading.report(codes::bad_address, word.span,
                   fmt::format("'log' expects one port in '{}', no range or offset", word.value));
    return false;
  }
  log.address = *address;
  using enum parser::AddressFamily;
  switch (address->family) {
    case inherited: log.target.descriptor = address->inherited_fd; return true;
    case unix_path: log.target.path = address->host; break;
    case abstract_socket: log.target.path = '\0' + address->host; break;
    default: log.target.kind = LogTarget::Kind::udp; return true;
  }
  log.target.kind = LogTarget::Kind::unix_datagram;
  return true;
}

// Facility, level, minimum level: the fixed words behind the named ones.
bool read_severity(Reading& reading, LogLine& log) {
  const auto words = reading.arguments;
  if (words.empty()) {
    reading.report(codes::missing_argument, reading.keyword.span, "'log' expects an address and a facility");
    return false;
  }
  const auto facility = read_name<LogFacility>(reading, words[0], names::log_facilities);
  if (!facility) return false;
  log.target.facility = *facility;
  LogLevel* const wanted[] = {&log.target.most_verbose, &log.target.least_verbose};
  for (std::size_t i = 1; i < std::min<std::size_t>(words.size(), 3); ++i) {
    const auto level = read_name<LogLevel>(reading, words[i], names::log_levels);
    if (!level) return false;
    *wanted[i - 1] = *level;
  }
  if (words.size() <= 3) return true;
  reading.report(codes::unexpected_argument, words[3].span,
                 fmt::format("'log' doesn't take the argument '{}'", words[3].value));
  return false;
}

// len, format, sample, profile: pairs before the facility, in this order.
void read_pairs(Reading& reading) {
  for (const std::string_view name : {"len", "format", "sample", "profile"}) {
    if (reading.arguments.empty() || reading.arguments[0] != name) continue;
    const Row* row = log_family.find(name);
    if (!is_known(reading.state.language(), row->since)) return;
    const std::size_t count = std::min<std::size_t>(row->max_args, reading.arguments.size() - 1);
    Reading inner = reading;
    inner.keyword = reading.arguments[0];
    inner.arguments = reading.arguments.subspan(1, count);
    dispatch(inner, log_family);
    reading.arguments = reading.arguments.subspan(1 + count);
  }
}

std::vector<LogLine>& logs_of(Reading& reading) {
  return reading.proxy != nullptr ? reading.settings().logs : reading.global().logs;
}

void store_format(Reading& reading, LogFormatLine format) {
  auto& setting = reading.settings().log_format;
  // HAProxy speaks of it only in `defaults`.
  const bool same_section = reading.proxy->kind == config::ProxyKind::defaults && setting &&
                            setting->span.file == reading.proxy->span.file &&
                            setting->span.begin > reading.proxy->span.begin;
  if (same_section) {
    reading
        .report(codes::overridden, reading.span(),
                fmt::format("{} replaces the log format set above", reading.quoted()))
        .notes.push_back({"set here before", setting->span});
  }
  setting = {std::move(format), reading.span()};
}

}  // namespace

void read_log(Reading& reading) {
  if (reading.prefix == Prefix::no) {
    if (!reading.arguments.empty()) {
      reading.report(codes::unexpected_argument, reading.arguments[0].span, "'no log' takes no argument");
      return;
    }
    logs_of(reading).clear();
    if (reading.proxy != nullptr) reading.settings().logs_cleared = {true, reading.span()};
    return;
  }
  if (reading.arguments.empty()) {
    reading.report(codes::missing_argument, reading.keyword.span, "'log' expects an address and a facility");
    return;
  }
  LogLine log{.span = reading.span()};
  if (reading.arguments[0] == "global") {
    if (reading.arguments.size() > 1 || reading.proxy == nullptr) {
      reading.report(codes::bad_argument, reading.span(), "'log global' stands alone in a proxy");
      return;
    }
    log.global = true;
  } else {
    Reading rest = reading;
    rest.log = &log;
    if (!read_target(rest, log)) return;
    rest.arguments = reading.arguments.subspan(1);
    read_pairs(rest);
    if (!read_severity(rest, log)) return;
  }
  if (!log.unsupported)
    logs_of(reading).push_back(std::move(log));
  else if (reading.proxy != nullptr)
    reading.settings().other_log = {true, reading.span()};
}

void read_log_format(Reading& reading) {
  const Word& word = reading.arguments[0];
  reading.state.sink.judge_the_whole(true);
  auto tree = parser::parse_log_format(word, reading.state.sink);
  reading.state.sink.judge_the_whole(false);
  if (!tree) return;
  store_format(reading, {.kind = LogFormatLine::Kind::custom,
                         .tree = std::make_shared<const parser::LogFormatTree>(std::move(*tree)),
                         .text = std::string(word.value)});
}

// The row's syntax has judged the text already.
void read_unique_id_format(Reading& reading) {
  parser::DiagnosticSink judged;
  if (auto tree = parser::parse_log_format(reading.arguments[0], judged))
    reading.settings().unique_id_format = {std::make_shared<const parser::LogFormatTree>(std::move(*tree)),
                                           reading.span()};
}

void set_tcplog(Reading& reading) {
  // `clf` came with 3.1.
  if (!reading.arguments.empty()) {
    reading.report(codes::unsupported, reading.arguments[0].span,
                   "the CLF form of 'option tcplog' is not available yet");
  }
  store_format(reading, {.kind = LogFormatLine::Kind::tcplog});
}

void set_httplog(Reading& reading) { store_format(reading, {.kind = LogFormatLine::Kind::http}); }

void read_log_format_sd(Reading& reading) {
  reading.settings().log_sd = {reading.arguments[0], reading.span()};
}

// Compiled wherever it stands, also in backends that ignore it [seen].
void read_error_log_format(Reading& reading) {
  if (reading.ignored) {
    use(reading, config::Use::Kind::format, reading.arguments[0]);
    reading.state.config.uses.back().place = fetchers::Place::fe_log_end;
  }
  reading.settings().error_log = {reading.arguments[0], reading.span()};
}

void read_log_steps(Reading& reading) {
  constexpr std::string_view steps[] = {
      "all",      "accept",       "connect",        "request",      "response",
      "close",    "tcp-req-conn", "tcp-req-sess",   "tcp-req-cont", "tcp-res-cont",
      "http-req", "http-res",     "http-after-res", "quic-init"};
  const Word& list = reading.arguments[0];
  for (std::size_t begin = 0; begin <= list.value.size();) {
    const std::size_t end = std::min(list.value.find(',', begin), list.value.size());
    const std::string_view step = list.value.substr(begin, end - begin);
    if (std::ranges::find(steps, step) == std::end(steps)) {
      reading.report(codes::bad_argument, list.slice(begin, std::max(end, begin + 1)),
                     fmt::format("'log-steps' doesn't know the step '{}'", step));
      return;
    }
    begin = end + 1;
  }
}

}  // namespace shunt::graph
