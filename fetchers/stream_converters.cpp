// The converter that lets a value pass only where something holds for its stream.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/families.hpp"
#include "fetchers/lookup.hpp"
#include "fetchers/process_view.hpp"
#include "fetchers/stream_view.hpp"

namespace shunt::fetchers {
namespace {

// What `option dontlog-normal` would still log.
bool failed(Context& context, Arguments) {
  const StreamView* stream = context.stream;
  return stream != nullptr &&
         (stream->termination().front() != '-' || stream->retries() != 0 || stream->redispatched());
}
bool normal(Context& context, Arguments arguments) {
  return context.stream != nullptr && !failed(context, arguments);
}
bool forwarded(Context& context, Arguments) { return context.server != nullptr && context.server->exists(); }
bool stopping(Context& context, Arguments) {
  return context.process != nullptr && context.process->stopping();
}
bool never(Context&, Arguments) { return false; }  // there are no applets in TCP mode

bool acl_holds(Context& context, Arguments arguments) {
  Sample answer;
  return arguments[1].lookup != nullptr &&
         arguments[1].lookup->answer(context, arguments.subspan(1), answer).found && answer.integer != 0;
}

struct Condition {
  std::string_view name;
  bool (*holds)(Context& context, Arguments arguments);
};
constexpr std::array conditions = {
    Condition{"acl", acl_holds},  Condition{"error", failed},        Condition{"forwarded", forwarded},
    Condition{"normal", normal},  Condition{"processed", forwarded}, Condition{"stopping", stopping},
    Condition{"toapplet", never},
};

bool when(Context& context, Arguments arguments, Sample&) {
  std::string_view name = arguments[0].text;
  const bool negated = name.starts_with('!');
  if (negated) name.remove_prefix(1);
  const auto found = std::ranges::find(conditions, name, &Condition::name);
  return found != conditions.end() && found->holds(context, arguments) != negated;
}

constexpr std::array rows = {
    ConverterRow{
        .name = "when",
        .arguments = {.required = 1,
                      .types = {ArgumentType::str, ArgumentType::str, ArgumentType::str},
                      .check = check_when},
        .purity = Purity::writes_state,  // what an ACL does is not known here
        .function = when,
        .since = "3.1",
        .documentation =
            "Passes the input only if a condition holds: "
            "`error`,`forwarded`,`normal`,`processed`,`stopping`,`toapplet`, `acl,NAME`; `!` negates."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows stream_converters() { return rows; }

}  // namespace shunt::fetchers
