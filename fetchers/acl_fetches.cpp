// The fetch that asks ACLs. They are compiled in a higher room, which puts itself behind the first argument.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/lookup.hpp"
#include "fetchers/places.hpp"

namespace shunt::fetchers {
namespace {

Fetched ask(Context& context, Arguments arguments, Sample& out) {
  const Lookup* acls = arguments[0].lookup;
  return acls == nullptr ? Fetched{} : acls->answer(context, arguments, out);
}

constexpr auto name = ArgumentType::pattern;

constexpr std::array rows = {
    FetchRow{.name = "acl",
             .arguments = {.required = 1,
                           .types = {name, name, name, name, name, name, name, name, name, name, name, name}},
             .out = SampleType::boolean,
             .places = places::anywhere,
             .purity = Purity::writes_state,  // what the ACLs do is not known here
             .function = ask,
             .since = "2.9",
             .documentation = "Logical AND of up to 12 named ACLs, each may have `!`."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows acl_fetches() { return rows; }

}  // namespace shunt::fetchers
