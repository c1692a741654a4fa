// Grammar of sample expressions: `fetch(arg,arg),converter(arg)` with the second level of quoting (rules
// only).
#pragma once
#include <tao/pegtl.hpp>

namespace shunt::parser::grammar::expression {

using namespace tao::pegtl;

struct name : plus<sor<alnum, one<'-', '_', '.', ':', '+'>>> {};

// No `\x41`, `\#` or `\$` on this level; another character keeps its backslash and its meaning.
struct control_escape : seq<one<'\\'>, one<'n', 'r', 't'>> {};
struct plain_escape : seq<one<'\\'>, one<' ', '\\', '"', '\''>> {};
struct backslash : one<'\\'> {};

struct weak_open : one<'"'> {};
struct weak_close : one<'"'> {};
struct weak_text : plus<not_one<'"', '\\'>> {};
struct weak_quoted
    : seq<weak_open, star<sor<weak_text, control_escape, plain_escape, backslash>>, must<weak_close>> {};

struct strong_open : one<'\''> {};
struct strong_close : one<'\''> {};
struct strong_text : plus<not_one<'\''>> {};
struct strong_quoted : seq<strong_open, opt<strong_text>, must<strong_close>> {};

struct bare_text : plus<not_one<',', ')', '\\', '"', '\''>> {};
struct argument : star<sor<bare_text, weak_quoted, strong_quoted, control_escape, plain_escape, backslash>> {
};
struct list_open : one<'('> {};
struct list_close : one<')'> {};
struct arguments : seq<list_open, argument, star<one<','>, argument>, must<list_close>> {};

struct fetch_name : name {};
struct fetch : seq<must<fetch_name>, opt<arguments>> {};
struct converter_name : name {};
struct converter : seq<must<converter_name>, opt<arguments>> {};

// Several commas count as one, and those at the very end are allowed.
struct separator : plus<one<','>> {};
struct expression : seq<fetch, star<separator, sor<eof, converter>>> {};

}  // namespace shunt::parser::grammar::expression
