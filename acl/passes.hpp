// The optimisations: each is one function that leaves a program with the same answers.
#pragma once
#include "acl/draft.hpp"

namespace shunt::acl {

void fold_constants(Draft& draft);    // fold_pass.cpp
void drop_unreachable(Draft& draft);  // reach_pass.cpp
void share_values(Draft& draft);      // share_pass.cpp
void build_ladders(Draft& draft);     // ladder_pass.cpp
void drop_shadowed(Draft& draft);     // shadow_pass.cpp; knows only the rules of ladders

// Those that are on, in their order. `texts`: where the program's text after each goes, or null.
void run_passes(Draft& draft, const Optimisations& optimisations, std::vector<PassText>* texts);

}  // namespace shunt::acl
