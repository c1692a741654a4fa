// Walks the YAML tree by tables of keys. yaml-cpp's exceptions end in parse_tests().
#include "cli/test_file.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "analysis/described_connection.hpp"
#include "cli/client_options.hpp"
#include "cli/eval_options.hpp"
#include "cli/option_words.hpp"

namespace shunt::cli {
namespace {

using analysis::Expectation;
using analysis::RoutingTest;

// What is wrong, and where.
struct Fault {
  YAML::Mark mark;
  std::string message;
};
using MaybeFault = std::optional<Fault>;

MaybeFault fault_at(const YAML::Node& node, std::string message) {
  return Fault{node.Mark(), std::move(message)};
}

// Sequences stand for lists with commas.
std::optional<std::string> text_of(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  if (!node.IsSequence()) return std::nullopt;
  std::string all;
  for (const YAML::Node& each : node) {
    if (!each.IsScalar()) return std::nullopt;
    all += (all.empty() ? "" : ",") + each.Scalar();
  }
  return all;
}

std::vector<std::string> texts_of(const YAML::Node& node) {
  if (node.IsScalar()) return {node.Scalar()};
  std::vector<std::string> all;
  for (const YAML::Node& each : node)
    if (each.IsScalar()) all.push_back(each.Scalar());
  return all;
}

std::optional<bool> truth_of(const YAML::Node& node) {
  if (!node.IsScalar()) return std::nullopt;
  if (node.Scalar() == "true" || node.Scalar() == "yes") return true;
  if (node.Scalar() == "false" || node.Scalar() == "no") return false;
  return std::nullopt;
}

// ---- expectations

struct ExpectRow {
  std::string_view key;
  MaybeFault (*read)(Expectation& expected, const YAML::Node& node);
};

template <std::optional<bool> Expectation::* Member>
MaybeFault read_truth(Expectation& expected, const YAML::Node& node) {
  expected.*Member = truth_of(node);
  return expected.*Member ? std::nullopt : fault_at(node, "expects true or false");
}
template <std::optional<std::string> Expectation::* Member>
MaybeFault read_text(Expectation& expected, const YAML::Node& node) {
  if (!node.IsScalar()) return fault_at(node, "expects a text");
  expected.*Member = node.Scalar();
  return std::nullopt;
}
template <std::optional<analysis::Offset> Expectation::* Member>
MaybeFault read_time(Expectation& expected, const YAML::Node& node) {
  const auto time = analysis::parse_offset(node.IsScalar() ? node.Scalar() : std::string());
  if (!time) return fault_at(node, time.assume_error().message);
  expected.*Member = time.assume_value();
  return std::nullopt;
}
MaybeFault read_servers(Expectation& expected, const YAML::Node& node) {
  const auto names = texts_of(node);
  if (names.empty()) return fault_at(node, "expects a server, or a list of servers");
  expected.servers.emplace(names.begin(), names.end());
  return std::nullopt;
}
MaybeFault read_way(Expectation& expected, const YAML::Node& node) {
  expected.through = texts_of(node);
  return std::nullopt;
}
MaybeFault read_ending(Expectation& expected, const YAML::Node& node) {
  std::string known;
  for (std::size_t i = 0; i < analysis::ending_count; ++i) {
    const std::string_view name = analysis::name_of(static_cast<analysis::Ending>(i));
    if (node.IsScalar() && node.Scalar() == name) return read_text<&Expectation::ending>(expected, node);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  }
  return fault_at(node, fmt::format("expects one of {}", known));
}
MaybeFault read_header(Expectation& expected, const YAML::Node& node) {
  constexpr std::array<std::string_view, 3> forms = {"none", "v1", "v2"};
  if (!node.IsScalar() || std::ranges::find(forms, node.Scalar()) == forms.end())
    return fault_at(node, "expects one of none, v1, v2");
  return read_text<&Expectation::proxy_header>(expected, node);
}

constexpr auto expect_rows = std::to_array<ExpectRow>({
    {"backend", read_text<&Expectation::backend>},
    {"server", read_servers},
    {"servers", read_servers},
    {"rejected", read_truth<&Expectation::rejected>},
    {"closed", read_truth<&Expectation::closed>},
    {"ending", read_ending},
    {"waits-at-most", read_time<&Expectation::waits_at_most>},
    {"waits-at-least", read_time<&Expectation::waits_at_least>},
    {"certificate", read_text<&Expectation::certificate>},
    {"proxy-header", read_header},
    {"proxy-source", read_text<&Expectation::proxy_source>},
    {"through", read_way},
    {"race", read_truth<&Expectation::race>},
});

MaybeFault read_expectation(Expectation& expected, const YAML::Node& map) {
  if (!map.IsMap() || map.size() == 0) return fault_at(map, "'expect' is a map that is not empty");
  for (const auto& entry : map) {
    const std::string key = entry.first.Scalar();
    const auto* row = std::ranges::find(expect_rows, key, &ExpectRow::key);
    if (row == expect_rows.end()) {
      std::vector<std::string_view> names;
      for (const ExpectRow& each : expect_rows) names.push_back(each.key);
      return fault_at(entry.first,
                      fmt::format("there is no expectation '{}'{}", key, did_you_mean(key, names)));
    }
    if (MaybeFault fault = row->read(expected, entry.second)) return fault;
  }
  return std::nullopt;
}

// ---- connections

MaybeFault read_client(analysis::ClientDescription& client, const YAML::Node& map) {
  if (!map.IsMap()) return fault_at(map, "'connection' is a map");
  for (const auto& entry : map) {
    const std::string key = entry.first.Scalar();
    const ClientOption* const row = find_client_option(key);
    if (row == nullptr) {
      const std::string hint = did_you_mean(key, client_option_names());
      return fault_at(entry.first, fmt::format("there is no '{}' in a connection{}", key, hint));
    }
    const auto truth = truth_of(entry.second);
    if (row->value.empty() && !truth)
      return fault_at(entry.second, fmt::format("'{}' is true or false", key));
    if (row->value.empty() && !*truth) continue;
    const auto value = text_of(entry.second);
    if (!value) return fault_at(entry.second, fmt::format("'{}' expects a text or a list of texts", key));
    if (const auto fault = row->apply(client, *value))
      return fault_at(entry.second, fmt::format("'{}': {}", key, *fault));
  }
  if (const auto fault = judge_client(client)) return fault_at(map, *fault);
  return std::nullopt;
}

MaybeFault read_test(RoutingTest& test, const YAML::Node& map) {
  if (!map.IsMap()) return fault_at(map, "a test is a map with name, connection and expect");
  bool expects = false;
  for (const auto& entry : map) {
    const std::string key = entry.first.Scalar();
    MaybeFault fault;
    if (key == "name" && entry.second.IsScalar())
      test.name = entry.second.Scalar();
    else if (key == "connection")
      fault = read_client(test.client, entry.second);
    else if (key == "expect") {
      expects = true;
      fault = read_expectation(test.expected, entry.second);
    } else
      return fault_at(entry.first, fmt::format("a test has name, connection and expect, not '{}'", key));
    if (fault) return fault;
  }
  if (test.name.empty()) return fault_at(map, "the test has no name");
  if (!expects) return fault_at(map, fmt::format("the test '{}' expects nothing", test.name));
  return std::nullopt;
}

MaybeFault read_all(const std::string& path, const YAML::Node& root, std::vector<RoutingTest>& tests) {
  if (!root.IsMap() || !root["tests"] || !root["tests"].IsSequence())
    return fault_at(root, "expects a map with 'tests', a list");
  analysis::ClientDescription usual;
  for (const auto& entry : root) {
    const std::string key = entry.first.Scalar();
    if (key == "connection") {
      if (MaybeFault fault = read_client(usual, entry.second)) return fault;
    } else if (key != "tests") {
      return fault_at(entry.first, fmt::format("the file has 'connection' and 'tests', not '{}'", key));
    }
  }
  for (const YAML::Node& node : root["tests"]) {
    RoutingTest test{.place = fmt::format("{}:{}", path, node.Mark().line + 1), .client = usual};
    if (MaybeFault fault = read_test(test, node)) return fault;
    tests.push_back(std::move(test));
  }
  return std::nullopt;
}

std::string message_of(const std::string& path, const YAML::Mark& mark, std::string_view message) {
  const bool known = !mark.is_null();  // an empty file has no places
  return fmt::format("{}:{}:{}: {}", path, known ? mark.line + 1 : 1, known ? mark.column + 1 : 1, message);
}

}  // namespace

Result<std::vector<RoutingTest>, std::string> parse_tests(const std::string& path, const std::string& text) {
  std::vector<RoutingTest> tests;
  try {
    const MaybeFault fault = read_all(path, YAML::Load(text), tests);
    if (fault) return message_of(path, fault->mark, fault->message);
  } catch (const YAML::Exception& error) {
    return message_of(path, error.mark, error.msg);
  }
  return tests;
}

Result<std::vector<RoutingTest>, std::string> read_tests(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.assume_error().message;
  return parse_tests(path, text.assume_value());
}

}  // namespace shunt::cli
