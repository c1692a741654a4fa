// HAProxy's judgement of a configuration: the same findings and the same answer under -c and at a start.
#pragma once
#include <cstdint>
#include <memory>

#include "cli/options.hpp"
#include "graph/load.hpp"

namespace shunt::cli {

enum class Verdict : std::uint8_t { faulty, refused_for_warnings, no_listener, good };

struct Judged {
  std::unique_ptr<graph::Loaded> loaded;
  Verdict verdict = Verdict::faulty;
};

// Reads what `options` names, as `how` says, and prints the findings on stderr, those about flags included.
[[nodiscard]] Judged judge_like_haproxy(const Options& options, const graph::LoadOptions& how);

}  // namespace shunt::cli
