// Opens sections: `global`, `defaults` and proxies with what they inherit; hands their lines to the tables.
#include <fmt/core.h>

#include "graph/read/global_lines.hpp"
#include "graph/read/peer_lines.hpp"
#include "graph/read/reading.hpp"
#include "graph/read/resolver_lines.hpp"
#include "graph/read/ring_lines.hpp"
#include "graph/read/section_reader.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using config::ProxyKind;
using parser::Line;
using parser::Word;

constexpr std::uint32_t place_of(const config::Proxy& proxy) {
  switch (proxy.kind) {
    case ProxyKind::frontend: return in::frontend;
    case ProxyKind::listen: return in::listen;
    case ProxyKind::backend: return in::backend;
    case ProxyKind::defaults: break;
  }
  return proxy.name.value.empty() ? in::anonymous_defaults : in::named_defaults;
}

Prefix prefix_of(const Line& line) {
  if (line.keyword() == "no") return Prefix::no;
  return line.keyword() == "default" ? Prefix::default_ : Prefix::plain;
}

bool has_rules(const config::Proxy& section) {
  return section.checked.http || !section.connection_rules.empty() || !section.session_rules.empty() ||
         !section.request_rules.empty() || !section.response_rules.empty();
}

// 3.5 speaks of bad names and goes on [seen].
void check_proxy_name(Reading& reading, const Word& word) {
  using parser::Severity;
  check_name(reading, word,
             reading.state.target == Target::haproxy_3_5 ? Severity::warning : Severity::error);
}

}  // namespace

void SectionReader::read(const parser::Section& section) {
  std::ignore = state_.paths.enter(section.head.span.file);
  lines_family_ = nullptr;
  proxy_ = nullptr;
  unread_head_ = {};
  const Line& head = section.head;
  Reading reading{.state = state_};
  reading.line = &head;
  reading.keyword = head.keyword();
  reading.arguments = head.words.subspan(1);
  reading.sections = this;
  reading.place = in::global;
  section_ = head.keyword().value;
  dispatch(reading, section_family);
  for (const Line& line : section.lines) read_line(line);
  check_needs(section);
  if (head.keyword() == "userlist") check_members(section);
  if (head.keyword() == "ring") check_ring(state_, section);
  if (head.keyword() == "resolvers") check_name_servers(state_, section);
  if (head.keyword() == "cache") check_sizes(section);
  if (proxy_ != nullptr)
    proxy_->body = section.lines.empty() ? head.span : parser::cover(head.span, section.lines.back().span);
}

void SectionReader::read_line(const Line& line) {
  if (lines_family_ == nullptr) return;
  Reading reading{.state = state_};
  reading.line = &line;
  if (unread_head_.known()) {
    reading
        .report(codes::unexpected_argument, line.keyword().span,
                "this line belongs to a section whose head has too many words")
        .notes.push_back({"these are not read", unread_head_});
    return;
  }
  reading.prefix = prefix_of(line);
  auto words = line.words;
  if (reading.prefix != Prefix::plain) words = words.subspan(1);
  if (words.empty()) {
    reading.keyword = line.keyword();
    reading.report(codes::missing_argument, line.span,
                   fmt::format("a keyword is expected behind '{}'", line.keyword().value));
    return;
  }
  reading.keyword = words.front();
  reading.arguments = words.subspan(1);
  reading.proxy = proxy_;
  reading.section = section_;
  reading.place = proxy_ == nullptr ? in::global : place_of(*proxy_);
  dispatch(reading, *lines_family_);
}

void SectionReader::open_global(Reading& reading) {
  lines_family_ = &global_family;
  if (reading.arguments.empty()) return;
  reading.report(codes::unexpected_argument, reading.arguments.front().span,
                 fmt::format("'global' doesn't take the argument '{}'", reading.arguments.front().value));
}

void SectionReader::open_named(Reading& reading, config::Definition::Kind kind, const Family& family) {
  lines_family_ = &family;
  check_head(reading);
  if (kind == config::Definition::Kind::acme) need_experimental(reading);
  if (kind == config::Definition::Kind::fcgi_app || kind == config::Definition::Kind::healthcheck) {
    config::Proxy& aside = state_.config.asides.emplace_back();
    aside.kind = ProxyKind::backend;
    if (!reading.arguments.empty())
      aside.name = {std::string(reading.arguments[0].value), reading.arguments[0].span};
  }
  if (kind == config::Definition::Kind::crt_store)
    state_.config.shelves.push_back(
        {.name = reading.arguments.empty() ? "" : std::string(reading.arguments[0].value)});
  if (kind == config::Definition::Kind::ring) {
    Ring& ring = state_.config.rings.emplace_back().made;
    ring.name = reading.arguments.empty() ? "" : std::string(reading.arguments[0].value);
    ring.length = ring.size;
  }
  if (kind == config::Definition::Kind::peers) open_peers(reading);
  if (kind == config::Definition::Kind::resolvers)
    state_.config.resolvers.emplace_back().made.name =
        reading.arguments.empty() ? "" : std::string(reading.arguments[0].value);
  if (!reading.arguments.empty()) define(reading, kind, reading.arguments.front());
}

void SectionReader::open_proxy(Reading& reading, ProxyKind kind) {
  lines_family_ = &proxy_family;
  config::Proxy& proxy = state_.config.proxies.emplace_back();
  proxy_ = &proxy;
  proxy.kind = kind;
  proxy.span = reading.line->span;
  read_head(proxy, reading);
  if (kind != ProxyKind::defaults) return;
  current_defaults_ = &proxy;
  if (!proxy.name.value.empty()) named_defaults_[proxy.name.value].push_back(&proxy);
}

// NAME [from DEFAULTS], in `defaults` the name may be missing.
void SectionReader::read_head(config::Proxy& proxy, Reading& reading) {
  auto words = reading.arguments;
  const bool is_defaults = proxy.kind == ProxyKind::defaults;
  if ((words.empty() || words[0].value.empty()) && !is_defaults) {
    reading
        .report(codes::missing_argument, reading.line->span,
                fmt::format("'{}' expects a name", reading.keyword.value))
        .last = true;
  }
  if (!words.empty() && !(is_defaults && words[0] == "from" && words.size() == 2)) {
    if (!is_defaults) check_proxy_name(reading, words[0]);
    proxy.name = {std::string(words[0].value), words[0].span};
    words = words.subspan(1);
  }
  inherit(proxy, reading, words);
}

void SectionReader::inherit(config::Proxy& proxy, Reading& reading, std::span<const Word> words) {
  const config::Proxy* base = proxy.kind == ProxyKind::defaults ? nullptr : current_defaults_;
  if (!words.empty() && words[0] == "from") {
    base = find_defaults(reading, words);
    if (words.size() > 1) proxy.from = {std::string(words[1].value), words[1].span};
    words = words.subspan(std::min<std::size_t>(2, words.size()));
  }
  // HAProxy doesn't know the lines below a backend's head with more words; `defaults` may have some.
  if (!words.empty()) {
    const bool passes = !proxy.is_frontend();
    if (proxy.kind == ProxyKind::backend) {
      unread_head_ = words[0].span;
      proxy.nameless = true;
    }
    state_.sink.report(passes ? parser::Severity::warning : parser::Severity::error,
                       codes::unexpected_argument, words[0].span,
                       fmt::format("'{}' stands behind the name; {}", words[0].value,
                                   passes ? "it is ignored" : "addresses belong on a 'bind' line"));
  }
  if (base == nullptr) return;
  if (proxy.kind == ProxyKind::defaults && has_rules(*base)) {
    reading
        .report(codes::defaults_rules_shared, reading.line->span,
                fmt::format("a defaults section can't inherit from defaults section '{}', which has rules",
                            base->name.value))
        .last = true;
  }
  proxy.defaults = base;
  proxy.settings = base->settings;
}

const config::Proxy* SectionReader::find_defaults(Reading& reading, std::span<const Word> words) {
  if (words.size() < 2) {
    reading.report(codes::missing_argument, words[0].span, "'from' expects the name of a defaults section");
    return nullptr;
  }
  const auto found = named_defaults_.find(std::string(words[1].value));
  if (found == named_defaults_.end()) {
    reading
        .report(codes::undefined_defaults, words[1].span,
                fmt::format("no defaults section '{}' stands above", words[1].value))
        .last = true;
    return nullptr;
  }
  if (found->second.size() > 1) {
    auto& report = state_.sink.report(
        reading.state.target == Target::haproxy_3_5 ? parser::Severity::warning : parser::Severity::error,
        codes::ambiguous_defaults, words[1].span,
        fmt::format("more than one defaults section is named '{}'", words[1].value));
    for (const config::Proxy* each : found->second) report.notes.push_back({"defined here", each->name.span});
  }
  return found->second.back();
}

void read_sections(ReadState& state) {
  SectionReader reader(state);
  for (const parser::Section& section : state.config.syntax.sections) reader.read(section);
  add_system_section(state);
}

}  // namespace shunt::graph
