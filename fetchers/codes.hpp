// The codes of the findings about fetches, converters, variables and log formats.
#pragma once
#include <array>

#include "parser/diagnostic.hpp"

namespace shunt::fetchers::codes {

using parser::Code;
using parser::Severity;

inline constexpr Code unknown_fetch{
    .name = "unknown-fetch",
    .summary = "A sample expression begins with a name that is not a fetch.",
    .remedy = "begin with a fetch such as src or req.ssl_sni; converters follow it after commas"};
inline constexpr Code unknown_converter{
    .name = "unknown-converter",
    .summary = "A name after a comma in a sample expression is not a converter.",
    .remedy = "check the spelling; fetches can only come first"};
inline constexpr Code missing_argument{.name = "missing-argument",
                                       .summary = "A fetch or converter lacks an argument that it needs.",
                                       .remedy = "give all required arguments"};
inline constexpr Code excess_argument{.name = "excess-argument",
                                      .summary = "A fetch or converter got more arguments than it takes.",
                                      .remedy = "remove the surplus; quote an argument that holds a comma"};
inline constexpr Code invalid_argument{
    .name = "invalid-argument",
    .summary = "An argument of a fetch or converter can't be read as what is expected there.",
    .remedy = "write a value of the expected type"};
inline constexpr Code inapplicable_converter{
    .name = "inapplicable-converter",
    .summary = "A converter can't take the type of value that comes before it.",
    .remedy = "put a converter between them that yields a fitting type"};
inline constexpr Code misplaced_fetch{
    .name = "misplaced-fetch",
    .summary = "A fetch stands where it can never have a value.",
    .remedy = "use it in a rule that is evaluated when its source is known"};
inline constexpr Code unsupported_fetch{.name = "unsupported-fetch",
                                        .summary = "A valid fetch that this build can't execute.",
                                        .remedy = "see docs/keywords.md for what runs"};
inline constexpr Code unsupported_converter{.name = "unsupported-converter",
                                            .summary = "A valid converter that this build can't execute.",
                                            .remedy = "see docs/keywords.md for what runs"};
inline constexpr Code removed_name{.name = "removed-sample-name",
                                   .summary = "A fetch or converter that no longer exists.",
                                   .remedy = "use its successor"};
inline constexpr Code deprecated_name{.name = "deprecated-sample-name",
                                      .severity = Severity::warning,
                                      .summary = "A fetch or converter that still runs and will go away.",
                                      .remedy = "use its successor"};
inline constexpr Code unknown_alias{.name = "unknown-log-alias",
                                    .summary = "A log format holds a % alias that does not exist.",
                                    .remedy = "write %% for a literal percent sign"};
inline constexpr Code unsupported_alias{
    .name = "unsupported-log-alias",
    .summary = "A log format of a TCP proxy holds an alias that only HTTP has.",
    .remedy = "leave it out until HTTP mode is available"};
inline constexpr std::array all = {
    &unknown_fetch,         &unknown_converter,      &missing_argument, &excess_argument,
    &invalid_argument,      &inapplicable_converter, &misplaced_fetch,  &unsupported_fetch,
    &unsupported_converter, &removed_name,           &deprecated_name,  &unknown_alias,
    &unsupported_alias,
};

}  // namespace shunt::fetchers::codes
