// Reads the written arguments of one call against a signature.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "fetchers/rows.hpp"
#include "parser/diagnostic.hpp"
#include "parser/expression_tree.hpp"

namespace shunt::fetchers {

// How messages name the call, HAProxy's way: "fetch method 'int'" or "converter 'field'".
struct CallKind {
  bool converter = false;
  int language = newest_language;
};

// A name among the arguments that the linker must resolve.
struct NamedArgument {
  std::uint32_t index = 0;
  parser::Span span = {};
};

struct ReadArguments {
  std::vector<ArgumentValue> values;  // as many as the signature has types; absent ones have type `none`
  std::vector<NamedArgument> named;
};

// nullopt: faults were reported.
[[nodiscard]] std::optional<ReadArguments> read_arguments(const parser::Call& call, CallKind kind,
                                                          const ArgumentSignature& signature,
                                                          VariableNames& names, parser::DiagnosticSink& sink);

}  // namespace shunt::fetchers
