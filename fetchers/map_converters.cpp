// Converters that look a value up in a map file. The maps are pattern sets, so they live in a higher room,
// which puts itself behind the first argument.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/lookup.hpp"

namespace shunt::fetchers {
namespace {

bool look_up(Context& context, Arguments arguments, Sample& sample) {
  const Lookup* map = arguments[0].lookup;
  return map != nullptr && map->answer(context, arguments, sample).found;
}

// Pure: a map changes only between two evaluations.
constexpr ConverterRow row(std::string_view name, ArgumentSignature arguments, SampleType in, SampleType out,
                           std::string_view text, std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .in = in,
          .out = out,
          .function = look_up,
          .since = since,
          .documentation = text};
}

constexpr std::array rows = {
    row("map", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: exact text."),
    row("map_beg", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: prefix."),
    row("map_beg_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: prefix."),
    row("map_beg_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: prefix."),
    row("map_beg_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Prefix match; returns the matching key of the map.", "3.1"),
    row("map_dir", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: path part."),
    row("map_dir_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: path part."),
    row("map_dir_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: path part."),
    row("map_dir_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Path-component match; returns the key.", "3.1"),
    row("map_dom", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: domain part."),
    row("map_dom_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: domain part."),
    row("map_dom_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: domain part."),
    row("map_dom_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Domain-component match; returns the key.", "3.1"),
    row("map_end", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: suffix."),
    row("map_end_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: suffix."),
    row("map_end_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: suffix."),
    row("map_end_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Suffix match; returns the key.", "3.1"),
    row("map_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::sint,
        SampleType::str, "The value of the map entry that matches: number."),
    row("map_int_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::sint,
        SampleType::sint, "The number of the map entry that matches: number."),
    row("map_int_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::sint,
        SampleType::addr, "The address of the map entry that matches: number."),
    row("map_int_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::sint, SampleType::str,
        "Integer match; returns the key.", "3.1"),
    row("map_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::addr,
        SampleType::str, "The value of the map entry that matches: network."),
    row("map_ip_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::addr,
        SampleType::sint, "The number of the map entry that matches: network."),
    row("map_ip_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::addr,
        SampleType::addr, "The address of the map entry that matches: network."),
    row("map_ip_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::addr, SampleType::str,
        "Network match; returns the key.", "3.1"),
    row("map_reg", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: regular expression."),
    row("map_reg_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: regular expression."),
    row("map_reg_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: regular expression."),
    row("map_reg_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Regex match; returns the key.", "3.1"),
    row("map_regm", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str,
        "The value of the map entry that matches: regular expression with its groups put into the value."),
    row("map_str", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: exact text."),
    row("map_str_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: exact text."),
    row("map_str_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: exact text."),
    row("map_str_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Exact match; returns the key.", "3.1"),
    row("map_sub", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::str, "The value of the map entry that matches: substring."),
    row("map_sub_int", {.required = 1, .types = {ArgumentType::map, ArgumentType::sint}}, SampleType::str,
        SampleType::sint, "The number of the map entry that matches: substring."),
    row("map_sub_ip", {.required = 1, .types = {ArgumentType::map, ArgumentType::str}}, SampleType::str,
        SampleType::addr, "The address of the map entry that matches: substring."),
    row("map_sub_key", {.required = 1, .types = {ArgumentType::map}}, SampleType::str, SampleType::str,
        "Substring match; returns the key.", "3.1"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows map_converters() { return rows; }

}  // namespace shunt::fetchers
