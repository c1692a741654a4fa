// Grammar of conditions; its input has one letter for each word: `|` or, `{` and `}` braces, `!` only
// exclamation marks,
// `(` exclamation marks glued to an opening brace, `a` anything else (rules only).
#pragma once
#include <tao/pegtl.hpp>

namespace shunt::parser::grammar::condition {

using namespace tao::pegtl;

struct alternative : one<'|'> {};
struct negation : one<'!'> {};
struct brace_open : one<'{', '('> {};
struct brace_close : one<'}'> {};
struct anonymous_words : star<not_one<'}'>> {};
struct anonymous : seq<brace_open, anonymous_words, must<brace_close>> {};
struct named : one<'a', '}'> {};
// Exclamation marks that nothing follows have no effect.
struct term : seq<star<negation>, sor<anonymous, named, alternative, eof>> {};
struct condition : seq<until<eof, term>> {};

}  // namespace shunt::parser::grammar::condition
