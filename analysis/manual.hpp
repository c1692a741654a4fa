// The tables as a manual: what a name means, where it stands, what follows it; and the findings' codes.
#pragma once
#include <string>
#include <string_view>

namespace shunt::analysis {

// One entry per table that has the name; empty if none has. "option tcplog" finds that of `option`.
[[nodiscard]] std::string manual_page(std::string_view name);
[[nodiscard]] std::string all_names();                          // table by table
[[nodiscard]] std::string nearest_name(std::string_view name);  // empty: none is near
[[nodiscard]] std::string name_list();                          // each name once, a line each
[[nodiscard]] std::string keywords_document();                  // docs/keywords.md
[[nodiscard]] std::string code_page(std::string_view name);     // empty if there is none of that name
[[nodiscard]] std::string code_list();                          // a line each
[[nodiscard]] std::string lint_list();                          // those of lints, by family
[[nodiscard]] std::string codes_document();                     // the table of docs/diagnostics.md

}  // namespace shunt::analysis
