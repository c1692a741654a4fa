// HAProxy's judgement of a configuration: the same findings and the same answer under -c and at a start.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "cli/options.hpp"
#include "graph/load.hpp"

namespace shunt::cli {

enum class Verdict : std::uint8_t { faulty, refused_for_warnings, no_listener, good };

struct Judged {
  std::unique_ptr<graph::Loaded> loaded;
  Verdict verdict = Verdict::faulty;
  std::string findings = {};  // in line form, those about flags included
};

// Reads what `options` names, as `how` says; `pid` stands in the findings.
[[nodiscard]] Judged judge(const Options& options, const graph::LoadOptions& how, pid_t pid);

// The same, and prints the findings on stderr, unless `-q` forbids it.
[[nodiscard]] Judged judge_like_haproxy(const Options& options, const graph::LoadOptions& how);

}  // namespace shunt::cli
