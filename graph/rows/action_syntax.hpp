// The arguments that actions of several rule sets share, as syntax texts (graph/read/argument_syntax.hpp).
#pragma once
#include <string_view>

namespace shunt::graph::action_syntax {

inline constexpr std::string_view nothing = " ";  // no argument at all, which an empty text wouldn't say
inline constexpr std::string_view expression = "<expression>";
inline constexpr std::string_view one_word = "<expression word>";
inline constexpr std::string_view optional_format = "[<format>]";
inline constexpr std::string_view optional_number = "[<number-or-expression>]";
inline constexpr std::string_view log_level = "emerg|alert|crit|err|warning|notice|info|debug|silent";
inline constexpr std::string_view bandwidth = "<text> [limit <any>] [period <any>]";
inline constexpr std::string_view track = "<expression> [table <table>]";
inline constexpr std::string_view spoe_group = "<text> <text>";
inline constexpr std::string_view log_profile = "[profile <text>]";

}  // namespace shunt::graph::action_syntax
