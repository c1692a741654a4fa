// Converters that need what this build doesn't have yet: they are known by name and judged, or only pass on.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

bool pass_on(Context&, Arguments, Sample&) { return true; }

constexpr std::array rows = {
    later("capture-req", {.required = 1, .types = {ArgumentType::sint}, .check = check_capture},
          SampleType::str, SampleType::str, "Stores the value in a slot of the request captures."),
    later("capture-res", {.required = 1, .types = {ArgumentType::sint}, .check = check_capture},
          SampleType::str, SampleType::str, "Stores the value in a slot of the response captures."),
    ConverterRow{.name = "debug",
                 .arguments = {.types = {ArgumentType::str, ArgumentType::sink}},
                 .purity = Purity::writes_state,
                 .status = Status::no_effect,
                 .function = pass_on,
                 .documentation = "Passes the value on; there is no sink yet that it could be written to."},
    later("fe_exists", {}, SampleType::str, SampleType::boolean, "True if a frontend of that name exists.",
          "3.4"),
    later("nbsrv", {}, SampleType::str, SampleType::sint, "The usable servers of the backend of that name."),
    later("protobuf",
          {.required = 1, .types = {ArgumentType::field_number, ArgumentType::str}, .check = check_protobuf},
          SampleType::bin, SampleType::bin, "A field of a Protocol Buffers message."),
    later("srv_is_up", {}, SampleType::str, SampleType::boolean,
          "`[backend/]server` text → true when usable.", "3.3"),
    later("srv_queue", {}, SampleType::str, SampleType::sint,
          "The requests waiting for the server of that name."),
    later("ungrpc",
          {.required = 1, .types = {ArgumentType::field_number, ArgumentType::str}, .check = check_protobuf},
          SampleType::bin, SampleType::bin, "A field of a gRPC message."),
    later("when",
          {.required = 1,
           .types = {ArgumentType::str, ArgumentType::str, ArgumentType::str},
           .check = check_when},
          SampleType::any, SampleType::any,
          "Passes the input only if a condition holds: "
          "`error`,`forwarded`,`normal`,`processed`,`stopping`,`toapplet`, `acl,NAME`; `!` negates.",
          "3.1"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows later_converters() { return rows; }

}  // namespace shunt::fetchers
