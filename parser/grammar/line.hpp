// Grammar of one configuration line: blanks, words, quotes, escapes, variables, comments (rules only).
#pragma once
#include <tao/pegtl.hpp>

namespace shunt::parser::grammar::line {

using namespace tao::pegtl;

struct blank : one<' ', '\t', '\v', '\f', '\r', '\n'> {};
struct line_break : one<'\r', '\n'> {};

// `\x41`, `\n`; any other character keeps its backslash unless it is in the list of the context.
struct hex_open : string<'\\', 'x'> {};
struct hex_digits : rep<2, xdigit> {};
struct hex_escape : seq<hex_open, must<hex_digits>> {};
struct control_escape : seq<one<'\\'>, one<'n', 'r', 't'>> {};
struct bare_escape : seq<one<'\\'>, one<' ', '#', '\\', '"', '\''>> {};
struct weak_escape : seq<one<'\\'>, one<' ', '#', '\\', '"', '\'', '$'>> {};
struct lone_backslash : one<'\\'> {};

// "$NAME", "${NAME}", "${NAME-default}", "${NAME[*]}", "${.LINE}": only between double quotes.
struct name_rest : sor<alnum, one<'_'>> {};
struct plain_name : seq<sor<alpha, one<'_'>>, star<name_rest>> {};
struct pseudo_name : seq<one<'.'>,
                         sor<string<'F', 'I', 'L', 'E'>, string<'L', 'I', 'N', 'E'>,
                             string<'S', 'E', 'C', 'T', 'I', 'O', 'N'>>,
                         not_at<name_rest>> {};
struct variable_name : sor<plain_name, pseudo_name> {};
struct list_open : one<'['> {};
struct list_close : string<'*', ']'> {};
struct list_mark : seq<list_open, must<list_close>> {};
struct default_value : star<not_one<'}'>> {};
struct brace_open : one<'{'> {};
struct brace_close : one<'}'> {};
struct braced
    : seq<brace_open, must<variable_name>, opt<list_mark>, opt<one<'-'>, default_value>, must<brace_close>> {
};
struct variable_open : one<'$'> {};
struct variable : seq<variable_open, sor<braced, must<variable_name>>> {};

struct weak_open : one<'"'> {};
struct weak_close : one<'"'> {};
struct weak_text : plus<not_one<'"', '\\', '$', '\r', '\n'>> {};
struct weak_quoted
    : seq<weak_open, star<sor<weak_text, variable, weak_escape, control_escape, hex_escape, lone_backslash>>,
          must<weak_close>> {};

struct strong_open : one<'\''> {};
struct strong_close : one<'\''> {};
struct strong_text : plus<not_one<'\'', '\r', '\n'>> {};
struct strong_quoted : seq<strong_open, opt<strong_text>, must<strong_close>> {};

struct bare_text : plus<not_one<' ', '\t', '\v', '\f', '\r', '\n', '#', '\\', '"', '\''>> {};
struct word : plus<sor<bare_text, weak_quoted, strong_quoted, bare_escape, control_escape, hex_escape,
                       lone_backslash>> {};

// A CR right behind a word ends the line, one behind a blank is a blank.
struct gap : seq<not_at<line_break>, plus<blank>> {};
struct comment : seq<one<'#', '\r', '\n'>, star<any>> {};
struct line : seq<star<blank>, star<word, opt<gap>>, opt<comment>, eof> {};

}  // namespace shunt::parser::grammar::line
