// Grammar of log formats: one item at a time; the expression inside `%[...]` has its own grammar (rules
// only).
#pragma once
#include <tao/pegtl.hpp>

namespace shunt::parser::grammar::log_format {

using namespace tao::pegtl;

struct literal : plus<not_one<'%'>> {};
struct percent : string<'%', '%'> {};
struct introducer : one<'%'> {};

// `%(name:type)` stands before the flags.
struct item_name_open : one<'('> {};
struct item_name_text : star<not_one<')'>> {};
struct item_name_close : one<')'> {};
struct item_name : seq<item_name_open, item_name_text, must<item_name_close>> {};
struct flags_open : one<'{'> {};
struct flags_text : star<not_one<'}'>> {};
struct flags_close : one<'}'> {};
struct flags : seq<flags_open, flags_text, must<flags_close>> {};

// `%[` hands over to the expression reader; the item ends here for this grammar.
struct expression_open : one<'['> {};
struct alias : seq<alpha, star<alnum>> {};
struct flagged_alias : plus<alnum> {};
struct decorated : seq<sor<seq<item_name, opt<flags>>, flags>, must<sor<expression_open, flagged_alias>>> {};

// Other punctuation after `%` is text, the `%` is dropped.
struct dropped_percent
    : at<not_one<' ', '\t', '\v', '\f', '\r', '\n', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'>> {};
struct after_percent : sor<expression_open, decorated, alias, dropped_percent> {};
struct item : sor<literal, percent, seq<introducer, must<after_percent>>> {};

}  // namespace shunt::parser::grammar::log_format
