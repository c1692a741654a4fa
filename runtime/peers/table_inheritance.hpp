// What a table that a reload made anew takes over from the one that it replaces.
#pragma once
#include "route/stick_table.hpp"
#include "runtime/peers/peer_entry.hpp"

namespace shunt::runtime {

// Types of data that both store, with the time that entries have left; what was changed here counts as
// changed here. Nothing where keys differ. (The next process of HAProxy is taught so by the one before.)
void inherit_entries(const SharedTable& from, const SharedTable& to, route::TableTime now);

}  // namespace shunt::runtime
