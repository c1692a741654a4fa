// Compiles and evaluates expressions over a described connection in a few lines.
#pragma once
#include <optional>
#include <string>

#include "fetchers/connection_view.hpp"
#include "fetchers/expression.hpp"
#include "fetchers/log_format.hpp"
#include "parser/syntax.hpp"

namespace shunt::fetchers::test {

struct Client : ConnectionView {
  Endpoint from = {.family = Family::ipv4, .port = 1234, .address = {192, 0, 2, 1}};
  Endpoint to = {.family = Family::ipv4, .port = 443, .address = {127, 0, 0, 1}};
  std::string tlvs = {};
  bool proxied = false;

  [[nodiscard]] Endpoint source() const override { return from; }
  [[nodiscard]] Endpoint destination() const override { return to; }
  [[nodiscard]] std::string_view proxy_tlvs() const override { return tlvs; }
  [[nodiscard]] bool received_proxy_header() const override { return proxied; }
};

class Bench {
 public:
  Bench() {
    context.scratch = &scratch;
    context.client = &client;
    context.variables = &variables;
    context.request.available = context.response.available = true;
  }

  [[nodiscard]] parser::Word word(const std::string& text) {
    const parser::FileId file = sources.add("test.cfg", text);
    const std::string_view bytes = sources.bytes(file);
    return {bytes, {file, 0, static_cast<std::uint32_t>(bytes.size())}, {}};
  }

  std::optional<ExpressionId> compile(const std::string& text, Place place = Place::fe_tcp_content,
                                      Misplaced misplaced = Misplaced::error) {
    const auto tree = parser::parse_expression(word(text), sink);
    return tree ? pool.compile(*tree, place, sink, misplaced) : std::nullopt;
  }

  // The value as text; nullopt: none.
  std::optional<std::string> value(const std::string& text, Place place = Place::fe_tcp_content) {
    const auto id = compile(text, place);
    if (!id) return std::nullopt;
    last = pool.evaluate(*id, context, SampleType::str, sample);
    return last.found ? std::optional(std::string(sample.text)) : std::nullopt;
  }

  // "VALUE", "waits" or "none", with "..." behind a value that may change.
  std::string verdict(const std::string& text, Place place = Place::fe_tcp_content) {
    const auto found = value(text, place);
    if (!found) return last.may_change ? "waits" : "none";
    return *found + (last.may_change ? "..." : "");
  }

  [[nodiscard]] std::string first_message() const {
    return sink.all().empty() ? "" : sink.all().front().message;
  }
  [[nodiscard]] std::string_view first_code() const {
    return sink.all().empty() ? "" : sink.all().front().code->name;
  }

  parser::SourceSet sources;
  parser::DiagnosticSink sink;
  ExpressionPool pool;
  Scratch scratch;
  Variables variables;
  Client client;
  Context context;
  Sample sample;
  Fetched last;
};

}  // namespace shunt::fetchers::test
