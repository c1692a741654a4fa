// Names in the arguments of fetches and converters: backends, servers, tables, userlists become ids or
// findings.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

using fetchers::ArgumentType;
using fetchers::ArgumentValue;
using fetchers::UnresolvedArgument;

constexpr std::array<std::string_view, 4> builtin_sinks = {"", "buf0", "stderr", "stdout"};

class ArgumentResolver {
 public:
  explicit ArgumentResolver(Linking& linking) : linking_(linking) {}

  void resolve(const UnresolvedArgument& use) {
    ArgumentValue& value = linking_.program.expressions().argument(use.argument);
    switch (value.type) {
      case ArgumentType::backend: return proxy(use, value, true);
      case ArgumentType::frontend: return proxy(use, value, false);
      case ArgumentType::server: return server(use, value);
      case ArgumentType::userlist: return userlist(use, value);
      case ArgumentType::table: return table(use, value);
      case ArgumentType::sink: return sink(use, value);
      default: return;  // maps are the program's business
    }
  }

 private:
  using Names = std::set<std::string, std::less<>>;

  // What the sections define, collected when the first argument needs it.
  void collect() {
    if (collected_) return;
    collected_ = true;
    collect_ids();
    for (const parser::Section& section : linking_.config.syntax.sections) {
      const auto& head = section.head.words;
      if (head.size() < 2) continue;
      const std::string name(head[1].value);
      if (head[0] == "userlist") userlists_.insert(name);
      if (head[0] == "ring") sinks_.insert(name);
      for (const parser::Line& line : section.lines) collect(name, head[0] == "peers", line.words);
    }
  }

  void collect(const std::string& section, bool peers, std::span<const parser::Word> words) {
    const parser::Word& keyword = words.front();
    if (keyword == "stick-table") tables_.insert(section);
    if (words.size() < 2) return;
    if (keyword == "table" && peers) tables_.insert(fmt::format("{}/{}", section, words[1].value));
    if (keyword == "server") servers_.insert(fmt::format("{}/{}", section, words[1].value));
    if (keyword == "server-template" && words.size() > 2) add_template(section, words);
  }

  void collect_ids() {
    for (const Server& server : linking_.servers)
      server_ids_.try_emplace(fmt::format("{}/{}", linking_.out[server.backend].name, server.name),
                              server.id);
  }

  // "PREFIX 3" or "PREFIX 2-5".
  void add_template(const std::string& section, std::span<const parser::Word> words) {
    const std::string_view range = words[2].value;
    const std::size_t dash = range.find('-');
    const bool from_one = dash == std::string_view::npos;
    const auto number = [](std::string_view text) { return std::atoi(std::string(text).c_str()); };
    const int first = from_one ? 1 : number(range.substr(0, dash));
    const int last = number(from_one ? range : range.substr(dash + 1));
    for (int i = first; i <= std::min(last, first + 65535); ++i)
      servers_.insert(fmt::format("{}/{}{}", section, words[1].value, i));
  }

  [[nodiscard]] const config::Proxy* owner(const UnresolvedArgument& use) const {
    return use.owner < linking_.proxies.size() ? linking_.proxies[use.owner] : nullptr;
  }

  // Lines of checks are compiled twice: as what must be right, and as a program.
  void report(const UnresolvedArgument& use, std::string message) {
    if (!told_.insert({use.span.file, use.span.begin, message}).second) return;
    linking_.report(codes::undefined_name, use.span, fmt::format("'{}': {}", use.function, message));
  }

  // Without a name it is the proxy that the line stands in.
  void proxy(const UnresolvedArgument& use, ArgumentValue& value, bool backend) {
    if (value.text.empty()) return own_proxy(use, backend);
    const auto& known = backend ? linking_.backends : linking_.frontends;
    const auto found = known.find(value.text);
    if (found != known.end()) {
      value.reference = found->second;
      return;
    }
    report(use, fmt::format("there is no {} '{}'", backend ? "backend" : "frontend", value.text));
  }

  void own_proxy(const UnresolvedArgument& use, bool backend) {
    const config::Proxy* self = owner(use);
    if (self == nullptr || (backend ? self->is_backend() : self->is_frontend())) return;
    report(use, fmt::format("without a name it is about {}, which is no {}", describe(*self),
                            backend ? "backend" : "frontend"));
  }

  // "BACKEND/SERVER", or a server of the proxy that the line stands in.
  void server(const UnresolvedArgument& use, ArgumentValue& value) {
    collect();
    if (value.text.empty()) return report(use, "the name of a server is missing");
    const config::Proxy* self = owner(use);
    const bool qualified = value.text.find('/') != std::string::npos;
    if (!qualified && self == nullptr) return;
    const std::string name = qualified ? value.text : self->name.value + "/" + value.text;
    if (!servers_.contains(name)) return report(use, fmt::format("there is no server '{}'", name));
    const auto known = server_ids_.find(name);
    if (known != server_ids_.end()) value.reference = known->second;
  }

  void userlist(const UnresolvedArgument& use, const ArgumentValue& value) {
    collect();
    if (value.text.empty()) return report(use, "the name of a userlist is missing");
    if (!userlists_.contains(value.text)) report(use, fmt::format("there is no userlist '{}'", value.text));
  }

  void table(const UnresolvedArgument& use, ArgumentValue& value) {
    collect();
    const config::Proxy* self = owner(use);
    if (value.text.empty() && self == nullptr) return;
    const std::string& name = value.text.empty() ? self->name.value : value.text;
    if (!tables_.contains(name)) report(use, fmt::format("there is no stick table '{}'", name));
    value.reference = table_named(linking_, name);
  }

  void sink(const UnresolvedArgument& use, const ArgumentValue& value) {
    collect();
    if (std::ranges::find(builtin_sinks, value.text) != builtin_sinks.end()) return;
    if (!sinks_.contains(value.text)) report(use, fmt::format("there is no sink '{}'", value.text));
  }

  Linking& linking_;
  bool collected_ = false;
  std::set<std::tuple<parser::FileId, std::size_t, std::string>> told_;
  Names userlists_, sinks_, tables_, servers_;
  std::unordered_map<std::string, ServerId> server_ids_;
};

}  // namespace

void link_arguments(Linking& linking) {
  ArgumentResolver resolver(linking);
  for (const UnresolvedArgument& use : linking.program.expressions().unresolved()) resolver.resolve(use);
  linking.program.check_maps(linking.sink);
}

}  // namespace shunt::graph
