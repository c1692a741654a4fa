// Fetches and converters of capture slots.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/captures.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/running_rows.hpp"

namespace shunt::fetchers {
namespace {

template <Message message>
Fetched captured(Context& context, Arguments arguments, Sample& out) {
  if (context.captures == nullptr) return {};
  const auto found = context.captures->get(message, static_cast<std::uint64_t>(arguments[0].integer));
  return found ? text(*found, out) : Fetched{};
}

// The value itself goes on unchanged, but only where it could be kept.
template <Message message>
bool capture(Context& context, Arguments arguments, Sample& sample) {
  return context.captures != nullptr &&
         context.captures->store(message, static_cast<std::uint64_t>(arguments[0].integer), sample.text);
}

constexpr ArgumentSignature number{.required = 1, .types = {ArgumentType::sint}, .check = check_capture};

constexpr std::array fetches = {
    reads("capture.req.hdr", number, SampleType::str, places::kept_request, captured<Message::request>,
          "What was captured of the request, by its number."),
    reads("capture.res.hdr", number, SampleType::str, places::response_head, captured<Message::response>,
          "What was captured of the response, by its number."),
};
static_assert(sorted_and_unique(fetches));

constexpr ConverterRow captures(std::string_view name, ConvertFunction function, std::string_view text) {
  return {.name = name,
          .arguments = number,
          .in = SampleType::str,
          .out = SampleType::str,
          .purity = Purity::writes_state,
          .function = function,
          .documentation = text};
}

constexpr std::array converters = {
    captures("capture-req", capture<Message::request>,
             "Stores the value in a slot of the request captures, too."),
    captures("capture-res", capture<Message::response>,
             "Stores the value in a slot of the response captures, too."),
};
static_assert(sorted_and_unique(converters));

}  // namespace

FetchRows capture_fetches() { return fetches; }
ConverterRows capture_converters() { return converters; }

}  // namespace shunt::fetchers
