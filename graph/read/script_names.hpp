// Which names a Lua program registers, as far as its text shows.
#pragma once
#include <string_view>

#include "fetchers/expression.hpp"
#include "graph/read/reading.hpp"

namespace shunt::graph {

// Adds what the text registers by core.register_action() and its like. Nothing of it is executed: where a
// name is computed, or other programs are loaded, `open` says that there may be more.
void add_script_names(std::string_view text, fetchers::ScriptNames& names);

void read_script(Reading& reading);          // lua-load
void check_script_action(Reading& reading);  // "lua.NAME" as an action

}  // namespace shunt::graph
