// Lookups in pattern lists and ladders of 10 to 100,000 entries, with random keys.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "acl/program.hpp"
#include "parser/condition_tree.hpp"

namespace {

using namespace shunt;
using acl::MatchMethod;
using fetchers::Sample;
using fetchers::SampleType;

std::string host(std::size_t number) { return "host-" + std::to_string(number) + ".customers.example.com"; }

// A power of two, so that going round the keys costs no division.
constexpr std::size_t key_count = 4096;

std::vector<std::size_t> random_order(std::size_t size) {
  std::mt19937_64 random(1);
  std::vector<std::size_t> order(key_count);
  for (auto& at : order) at = random() % size;
  return order;
}

std::shared_ptr<const acl::PatternSet> build(const acl::PatternOptions& options,
                                             std::vector<acl::PatternText> patterns) {
  parser::DiagnosticSink sink;
  return acl::PatternSet::build(options, std::move(patterns), sink);
}

// Patterns are hosts with `before` in front (".host-1..." for `end`); keys are hosts with `front` and `back`
// around them.
void look_up(benchmark::State& state, const acl::PatternOptions& options, std::string_view before,
             std::string_view front, std::string_view back) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<acl::PatternText> patterns(size);
  for (std::size_t i = 0; i < size; ++i) patterns[i].text = std::string(before) + host(i);
  const auto set = build(options, std::move(patterns));
  std::vector<std::string> keys;
  for (const std::size_t i : random_order(size))
    keys.push_back(std::string(front) + host(i) + std::string(back));
  std::size_t at = 0;
  for (auto _ : state) {
    Sample sample;
    sample.set_string(keys[at++ % key_count]);
    benchmark::DoNotOptimize(set->match(sample));
  }
}

void exact(benchmark::State& state) { look_up(state, {.method = MatchMethod::str}, "", "", ""); }
void exact_ignoring_case(benchmark::State& state) {
  look_up(state, {.method = MatchMethod::str, .ignore_case = true}, "", "", "");
}
void exact_absent(benchmark::State& state) { look_up(state, {.method = MatchMethod::str}, "", "x", ""); }
void prefix(benchmark::State& state) {
  look_up(state, {.method = MatchMethod::beg}, "", "", "/path/of/things");
}
void suffix(benchmark::State& state) { look_up(state, {.method = MatchMethod::end}, ".", "www.", ""); }
void suffix_ignoring_case(benchmark::State& state) {
  look_up(state, {.method = MatchMethod::end, .ignore_case = true}, ".", "WWW.", "");
}
void domain(benchmark::State& state) { look_up(state, {.method = MatchMethod::dom}, "", "www.", ":443"); }

void substring(benchmark::State& state) { look_up(state, {.method = MatchMethod::sub}, "", "www.", ":443"); }
void substring_ignoring_case(benchmark::State& state) {
  look_up(state, {.method = MatchMethod::sub, .ignore_case = true}, "", "WWW.", ":443");
}

// Each expression needs a text of its own, so the prefilter leaves one or two to run.
void regex(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<acl::PatternText> patterns(size);
  for (std::size_t i = 0; i < size; ++i)
    patterns[i].text = "^[a-z]*host-" + std::to_string(i) + "\\.customers\\.(example|test)\\.com$";
  const auto set = build({.method = MatchMethod::reg}, std::move(patterns));
  std::vector<std::string> keys;
  for (const std::size_t i : random_order(size)) keys.push_back(host(i));
  std::size_t at = 0;
  for (auto _ : state) {
    Sample sample;
    sample.set_string(keys[at++ % key_count]);
    benchmark::DoNotOptimize(set->match(sample));
  }
}

std::string network(std::size_t number) {
  const std::size_t spread =
      number * 2654435761u % 16777216;  // distinct /24 ... /16 networks all over the space
  return std::to_string(spread >> 16) + "." + std::to_string(spread >> 8 & 255) + "." +
         std::to_string(spread & 255) + ".0/" + std::to_string(16 + number % 9);
}

void address(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<acl::PatternText> patterns(size);
  for (std::size_t i = 0; i < size; ++i) patterns[i].text = network(i);
  const auto set = build({.method = MatchMethod::ip}, std::move(patterns));
  std::mt19937 random(1);
  std::vector<Sample> keys(key_count);
  for (Sample& key : keys) {
    key.type = SampleType::ipv4;
    for (std::size_t i = 0; i < 4; ++i) key.address[i] = static_cast<std::uint8_t>(random());
  }
  std::size_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(set->match(keys[at++ % key_count]));
}

void number(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<acl::PatternText> patterns(size);
  for (std::size_t i = 0; i < size; ++i)
    patterns[i].text = std::to_string(i * 10) + ":" + std::to_string(i * 10 + 5);
  const auto set = build({.method = MatchMethod::integer}, std::move(patterns));
  const auto keys = random_order(size * 10);
  std::size_t at = 0;
  for (auto _ : state) {
    Sample sample;
    sample.set_integer(static_cast<std::int64_t>(keys[at++ % key_count]));
    benchmark::DoNotOptimize(set->match(sample));
  }
}

// `use_backend X if { payload -m str -i NAME }`, one rule for each name: fetch, cast and decision.
acl::Program ladder_program(std::size_t size, bool optimised) {
  acl::ProgramBuilder builder;
  const acl::ScopeId scope = builder.new_scope();
  parser::DiagnosticSink sink;
  std::vector<acl::Rule> rules;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string name = host(i);
    std::vector<parser::Word> words;
    for (const std::string_view text : {"if", "{", "req.payload(0,40)", "-m", "str", "-i", "NAME", "}"})
      words.push_back({text == "NAME" ? std::string_view(name) : text, {}, {}});
    const auto tree = parser::parse_condition(words, sink);
    rules.push_back({.condition = *builder.compile(scope, *tree, fetchers::Place::fe_set_backend, sink)});
  }
  (void)builder.add_list(std::move(rules));
  return std::move(builder).finish(optimised ? acl::Optimisations{} : acl::Optimisations::none());
}

void walk(benchmark::State& state, bool optimised) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const acl::Program program = ladder_program(size, optimised);
  // One block: what a connection sent is fresh in the cache, unlike strings all over a large heap.
  constexpr std::size_t width = 40;
  std::string keys;
  for (const std::size_t i : random_order(size)) keys += host(i).append(width, '\0').substr(0, width);
  fetchers::Scratch scratch;
  fetchers::Context context{.scratch = &scratch};
  std::size_t at = 0;
  for (auto _ : state) {
    context.request = {.data = std::string_view(keys).substr(at++ % key_count * width, width),
                       .complete = true,
                       .available = true};
    benchmark::DoNotOptimize(program.next(0, 0, context));
    scratch.reset();
  }
}

void ladder(benchmark::State& state) { walk(state, true); }
void rules_one_by_one(benchmark::State& state) { walk(state, false); }

void load(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<acl::PatternText> patterns(size);
  for (std::size_t i = 0; i < size; ++i) patterns[i].text = host(i);
  for (auto _ : state)
    benchmark::DoNotOptimize(build({.method = MatchMethod::end, .ignore_case = true}, patterns));
}

// The index's memory for each pattern; the texts of the entries come on top of it.
void memory(benchmark::State& state, const acl::PatternOptions& options) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<acl::PatternText> patterns(size);
  for (std::size_t i = 0; i < size; ++i)
    patterns[i].text = options.method == MatchMethod::ip ? network(i) : host(i);
  for (auto _ : state) {
    const auto set = build(options, patterns);
    state.counters["index_bytes_per_pattern"] =
        static_cast<double>(set->index_bytes()) / static_cast<double>(size);
  }
}

BENCHMARK(exact)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(exact_ignoring_case)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(exact_absent)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(prefix)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(suffix)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(suffix_ignoring_case)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(domain)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(address)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(number)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(ladder)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(rules_one_by_one)->RangeMultiplier(10)->Range(10, 1000);
BENCHMARK(substring)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(substring_ignoring_case)->RangeMultiplier(10)->Range(10, 100000);
BENCHMARK(regex)->RangeMultiplier(10)->Range(10, 10000);
BENCHMARK_CAPTURE(memory, str, {.method = MatchMethod::str})->Arg(100000)->Iterations(1);
BENCHMARK_CAPTURE(memory, beg, {.method = MatchMethod::beg})->Arg(100000)->Iterations(1);
BENCHMARK_CAPTURE(memory, end, {.method = MatchMethod::end})->Arg(100000)->Iterations(1);
BENCHMARK_CAPTURE(memory, dom, {.method = MatchMethod::dom})->Arg(100000)->Iterations(1);
BENCHMARK_CAPTURE(memory, ip, {.method = MatchMethod::ip})->Arg(100000)->Iterations(1);
BENCHMARK_CAPTURE(memory, sub, {.method = MatchMethod::sub})->Arg(100000)->Iterations(1);
BENCHMARK(load)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond);

}  // namespace
