// Converters that need what this build doesn't have yet: they are known by name and judged, or only pass on.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

bool pass_on(Context&, Arguments, Sample&) { return true; }

constexpr std::array rows = {
    ConverterRow{.name = "debug",
                 .arguments = {.types = {ArgumentType::str, ArgumentType::sink}},
                 .purity = Purity::writes_state,
                 .status = Status::no_effect,
                 .function = pass_on,
                 .documentation = "Passes the value on; there is no sink yet that it could be written to."},
    later("protobuf",
          {.required = 1, .types = {ArgumentType::field_number, ArgumentType::str}, .check = check_protobuf},
          SampleType::bin, SampleType::bin, "A field of a Protocol Buffers message."),
    later("ungrpc",
          {.required = 1, .types = {ArgumentType::field_number, ArgumentType::str}, .check = check_protobuf},
          SampleType::bin, SampleType::bin, "A field of a gRPC message."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows later_converters() { return rows; }

}  // namespace shunt::fetchers
