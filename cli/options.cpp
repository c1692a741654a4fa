// The table of HAProxy's command-line flags and the loop that reads them.
#include "cli/options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "cli/option_words.hpp"

namespace shunt::cli {
namespace {

// How many words follow a flag.
enum class Takes : std::uint8_t { nothing, one, many };

using Apply = void (*)(Options&, std::string_view);

// What is wrong with a value, empty if nothing is.
using Fault = UsageError (*)(std::string_view flag, std::string_view value);

// `prefix`: more letters may follow the spelling itself ("-dM0x50"). No `apply`: read, and without effect
// here.
struct FlagRow {
  std::string_view spelling;
  Takes takes = Takes::nothing;
  Apply apply = nullptr;
  bool prefix = false;
  std::string_view help = {};
  Fault fault = nullptr;
};

void set_maxconn(Options& options, std::string_view value) {
  std::uint32_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(),
                  number);  // like atol: junk is zero, "no limit given"
  if (number != 0) options.run.maxconn = number;
}

void set_target(Options& options, std::string_view value) {
  const auto target = graph::target_of(value);
  if (target)
    options.target = *target;
  else
    options.fault =
        fmt::format("there is no target '{}': haproxy-2.6, haproxy-3.5 and shunt are known", value);
}

// Ids of processes as strtol(3) reads them; HAProxy takes none but positive ones.
UsageError fault_of_process(std::string_view flag, std::string_view value) {
  const std::string_view digits = value.substr(value.starts_with('+') ? 1 : 0);
  long number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::result_out_of_range)
    return {fmt::format("{} option: failed to parse {{{}}}: Numerical result out of range", flag, value),
            true};
  if (const std::string_view rest(end, digits.data() + digits.size()); !rest.empty())
    return {fmt::format("{} option: some bytes unconsumed in PID list {{{}}}", flag, rest), true};
  if (number <= 0) return {fmt::format("flag '{}' needs ids of processes, not '{}'", flag, value)};
  return {};
}

void add_process(std::vector<pid_t>& to, std::string_view value) {
  pid_t number = 0;
  const std::string_view digits = value.substr(value.starts_with('+') ? 1 : 0);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (number > 0) to.push_back(number);
}

constexpr auto flags = std::to_array<FlagRow>({
    {"-f", Takes::one, [](Options& o, std::string_view v) { o.files.emplace_back(v); }, false,
     "<file|dir>  read this configuration (repeatable; a directory: its *.cfg files)"},
    {"--", Takes::many, [](Options& o, std::string_view v) { o.files.emplace_back(v); }, false,
     "<file>*     all the following words are files"},
    {"-c", Takes::nothing, [](Options& o, std::string_view) { o.check = true; }, false,
     "            only check the files, in HAProxy's line form"},
    {"-cc", Takes::one, [](Options& o, std::string_view v) { o.condition = v; }, false,
     "<condition> evaluate a condition"},
    {"-V", Takes::nothing, [](Options& o, std::string_view) { o.run.verbose = true, o.run.quiet = false; },
     false, "            verbose"},
    {"-q", Takes::nothing, [](Options& o, std::string_view) { o.run.quiet = !o.run.verbose; }, false,
     "            quiet, without -V"},
    {"-d", Takes::nothing, [](Options& o, std::string_view) { o.run.debug = o.run.foreground = true; }, false,
     "            debug, in the foreground"},
    {"-db", Takes::nothing, [](Options& o, std::string_view) { o.run.foreground = true; }, false,
     "            stay in the foreground"},
    {"-D", Takes::nothing, [](Options& o, std::string_view) { o.run.daemon = true; }, false,
     "            go to the background"},
    {"-W", Takes::nothing, [](Options& o, std::string_view) { o.run.master_worker = true; }, false,
     "            master-worker: in the foreground for now"},
    {"-Ws", Takes::nothing, [](Options& o, std::string_view) { o.run.master_worker = o.run.notify = true; },
     false, "            the same, telling systemd when ready"},
    {"-p", Takes::one, [](Options& o, std::string_view v) { o.run.pidfile = std::string(v); }, false,
     "<file>      write the process id there"},
    {"-n", Takes::one, set_maxconn, false, "<number>    maximum of concurrent connections"},
    {"-C", Takes::one, [](Options& o, std::string_view v) { o.directory = std::string(v); }, false,
     "<dir>       change to this directory first"},
    {"-v", Takes::nothing, [](Options& o, std::string_view) { o.version = 1; }, false, "            version"},
    {"-vv", Takes::nothing, [](Options& o, std::string_view) { o.version = 2; }, false,
     "            version and what was built in"},
    {"-dW", Takes::nothing, [](Options& o, std::string_view) { o.zero_warning = true; }, false,
     "            refuse to start on a warning"},
    {"-dD", Takes::nothing, [](Options& o, std::string_view) { o.diagnostics = true; }, false,
     "            let .diag lines of the files speak"},
    {"-dK", Takes::nothing, [](Options& o, std::string_view v) { o.keyword_classes = v; }, true,
     "<class>...  list the known names: all, acl, cfg, cnv, flt, smp; help explains them"},
    {"-dr", Takes::nothing, [](Options& o, std::string_view) { o.ignore_unresolved = true; }, false,
     "            go on when a server's name does not resolve"},
    {"--target", Takes::one, set_target, false,
     "<name>      whose verdict: haproxy-2.6, haproxy-3.5 or shunt"},
    {"--real-sockets", Takes::nothing, [](Options& o, std::string_view) { o.run.connects_inside = false; },
     false, "            reach our own abns@ and unix@ binds through the kernel, as other processes do"},
    {"--no-watch", Takes::nothing, [](Options& o, std::string_view) { o.run.watch_files = false; }, false,
     "            don't take changed files of certificates over while running"},
    {"--watch-patterns", Takes::nothing, [](Options& o, std::string_view) { o.run.watch_patterns = true; },
     false, "            take changed maps and files of patterns (acl ... -f) over while running, too"},
    {"--assume-files", Takes::nothing, [](Options& o, std::string_view) { o.assume_files = true; }, false,
     "            don't look for files, users and host names"},
    {"-N", Takes::one},
    {"-m", Takes::one},
    {"-L", Takes::one, [](Options& o, std::string_view v) { o.local_peer = std::string(v); }, false,
     "<name>      of this process among peers (the host's)"},
    {"-S", Takes::one, [](Options& o, std::string_view v) { o.master_socket = std::string(v); }, false,
     "<socket>    of the master process: read, nothing is bound yet"},
    {"-x", Takes::one},
    {.spelling = "-sf",
     .takes = Takes::many,
     .apply = [](Options& o, std::string_view v) { add_process(o.run.older.finishing, v); },
     .help = "<pid>*      once ready, let these processes finish their sessions",
     .fault = fault_of_process},
    {.spelling = "-st",
     .takes = Takes::many,
     .apply = [](Options& o, std::string_view v) { add_process(o.run.older.terminating, v); },
     .help = "<pid>*      once ready, end these processes",
     .fault = fault_of_process},
    {"-dI"},
    {"-de"},
    {"-dp"},
    {"-dS"},
    {"-dG"},
    {"-dR"},
    {"-dL"},
    {"-dV"},
    {"-dZ"},
    {"-dF"},
    {.spelling = "-dM", .prefix = true},
    {.spelling = "-dC", .prefix = true},
    {.spelling = "-dt", .prefix = true},
    {.spelling = "-dT", .prefix = true},
});

const FlagRow* find_flag(std::string_view word) {
  const auto exact = std::ranges::find(flags, word, &FlagRow::spelling);
  if (exact != flags.end()) return &*exact;
  const auto prefix = std::ranges::find_if(
      flags, [&](const FlagRow& row) { return row.prefix && word.starts_with(row.spelling); });
  return prefix == flags.end() ? nullptr : &*prefix;
}

UsageError unknown(std::string_view word) {
  if (!word.starts_with('-'))
    return {fmt::format("unexpected word '{}': files are given with -f, or after --", word)};
  std::vector<std::string_view> known;
  for (const FlagRow& row : flags) known.push_back(row.spelling);
  return {fmt::format("unknown flag '{}'{}", word, did_you_mean(word, known))};
}

void use(Options& options, const FlagRow& row, std::string_view flag, std::string_view value) {
  if (row.apply)
    row.apply(options, value);
  else
    options.without_effect.push_back(row.prefix || value.empty() ? std::string(flag)
                                                                 : fmt::format("{} {}", flag, value));
}

// -sf and -st end at the next flag; after `--` everything is a file.
Result<std::size_t, UsageError> use_many(Options& options, const FlagRow& row,
                                         const std::vector<std::string_view>& words, std::size_t at) {
  const bool to_the_end = row.spelling == "--";
  const std::string_view flag = words[at];
  if (!row.apply) options.without_effect.emplace_back(flag);
  for (++at; at < words.size() && (to_the_end || !words[at].starts_with('-')); ++at) {
    if (row.apply) row.apply(options, words[at]);
    UsageError fault = row.fault ? row.fault(flag, words[at]) : UsageError{};
    if (!fault.message.empty()) return fault;
  }
  return at;
}

}  // namespace

Result<Options, UsageError> parse_options(const std::vector<std::string_view>& words) {
  Options options;
  for (std::size_t at = 0; at < words.size();) {
    const std::string_view word = words[at];
    const FlagRow* row = find_flag(word);
    if (!row) return unknown(word);
    if (row->takes == Takes::many) {
      BOOST_OUTCOME_TRY(at, use_many(options, *row, words, at));
      continue;
    }
    const bool has_value = row->takes == Takes::one;
    if (has_value && (at + 1 >= words.size() || (words[at + 1].starts_with('-') && word != "-cc")))
      return UsageError{fmt::format("flag '{}' needs a word behind it", word)};
    use(options, *row, word,
        has_value ? words[at + 1] : word.substr(row->prefix ? row->spelling.size() : word.size()));
    at += has_value ? 2 : 1;
  }
  if (!options.fault.empty()) return UsageError{options.fault};
  return options;
}

graph::LoadOptions load_options(const Options& options) {
  return {.resolve_names = !options.assume_files,
          .unresolved_is_disabled = options.ignore_unresolved,
          .target = options.target,
          .assume_files = options.assume_files,
          .diagnostics = options.diagnostics,
          .master_worker = options.run.master_worker,
          .only_reached = true,
          .local_peer = options.local_peer};
}

std::string flag_names() {
  std::string text;
  for (const FlagRow& row : flags) text += fmt::format("{} ", row.spelling);
  return text;
}

std::string usage() {
  std::string text =
      "usage: shunt -f <file> [flags]            run the configuration in HAProxy's place\n"
      "       shunt -c -f <file>                 check it, in HAProxy's form\n"
      "       shunt --check <file>...            check it, for people\n"
      "       shunt diff <old> <new>             which connections change their fate; see shunt diff --help\n"
      "       shunt eval [options] <expression>  what it yields for a connection; see shunt eval --help\n"
      "       shunt fmt [-l|-w] <file>...        lay the files out alike\n"
      "       shunt keywords [<name>]            what the configuration language has\n"
      "       shunt codes [<code>]               what the findings mean\n"
      "       shunt completion bash|zsh          words to complete, for the shell\n"
      "       shunt dump --stage=syntax|config|graph [--passes] <file>...\n"
      "flags:\n";
  for (const FlagRow& row : flags)
    if (!row.help.empty()) text += fmt::format("  {:4} {}\n", row.spelling, row.help);
  text += "  read and without effect in this build:";
  for (const FlagRow& row : flags)
    if (!row.apply) text += fmt::format(" {}", row.spelling);
  return text + "\n";
}

}  // namespace shunt::cli
