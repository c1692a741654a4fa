// The codes of the findings that reading text yields: characters, words, nested grammars.
#pragma once
#include <array>

#include "parser/diagnostic.hpp"

namespace shunt::parser::codes {

inline constexpr Code missing_final_newline{
    .name = "missing-final-newline",
    .summary = "The last line of a file has no line end, so the file may have been cut short.",
    .remedy = "add a newline at the end of the file",
    .layout = LineLayout::position};
inline constexpr Code stray_nul{.name = "stray-nul",
                                .summary = "A NUL byte stands in the file; what follows it is not read.",
                                .remedy = "remove the NUL byte; the file may be damaged or not be text",
                                .layout = LineLayout::position};
inline constexpr Code nul_in_word{.name = "nul-in-word",
                                  .severity = Severity::warning,
                                  .summary = "An escape yields a NUL byte, at which the word ends.",
                                  .remedy = "remove the escape; words cannot hold NUL bytes",
                                  .layout = LineLayout::tight};
inline constexpr Code unterminated_quote{.name = "unterminated-quote",
                                         .summary = "A quote is opened and not closed on its line.",
                                         .remedy = "close the quote, or write \\\" or \\' for a literal one",
                                         .layout = LineLayout::excerpt};
inline constexpr Code invalid_hex_escape{.name = "invalid-hex-escape",
                                         .summary = "\\x is not followed by two hexadecimal digits.",
                                         .remedy = "write two hexadecimal digits, or \\\\x for a literal \\x",
                                         .layout = LineLayout::excerpt};
inline constexpr Code invalid_variable_name{
    .name = "invalid-variable-name",
    .summary = "A variable name after $ does not begin with a letter or an underscore.",
    .remedy = "write \\$ for a literal dollar sign inside double quotes",
    .layout = LineLayout::excerpt};
inline constexpr Code unterminated_variable{
    .name = "unterminated-variable",
    .summary = "${ is not closed by a brace right after the name and its default value.",
    .remedy = "write ${NAME} or ${NAME-default}",
    .layout = LineLayout::excerpt};
inline constexpr Code invalid_list_expansion{.name = "invalid-list-expansion",
                                             .summary = "Inside ${...} a bracket is not followed by *].",
                                             .remedy = "write ${NAME[*]} to expand a list into several words",
                                             .layout = LineLayout::excerpt};
inline constexpr Code too_many_words{
    .name = "too-many-words",
    .summary = "A line has more than 64 words.",
    .remedy = "split the line into several ones; blanks after the last word count as a word here",
    .layout = LineLayout::tight};
inline constexpr Code empty_argument{
    .name = "empty-argument",
    .summary = "A word is empty, for instance because a variable is not set.",
    .remedy = "give it a value, a default (\"${NAME-default}\"), or remove it",
    .layout = LineLayout::tight};
inline constexpr Code keyword_outside_section{
    .name = "keyword-outside-section",
    .summary = "A line stands before the first section.",
    .remedy = "begin a section first, for instance global, defaults, frontend, backend or listen",
    .layout = LineLayout::tight};
inline constexpr Code unknown_directive{
    .name = "unknown-directive",
    .summary = "A word that begins with a dot is no directive.",
    .remedy = "use .if, .elif, .else, .endif, .notice, .warning or .alert",
    .layout = LineLayout::tight};
inline constexpr Code misplaced_directive{.name = "misplaced-directive",
                                          .summary = "An .elif, .else or .endif doesn't belong to an .if.",
                                          .remedy = "remove it or open a block with .if",
                                          .layout = LineLayout::tight};
inline constexpr Code unclosed_block{.name = "unclosed-block",
                                     .summary = "A file ends inside a conditional block.",
                                     .remedy = "add the missing .endif",
                                     .layout = LineLayout::tight};
inline constexpr Code bad_condition{
    .name = "bad-condition",
    .summary = "The condition of .if or .elif can't be read.",
    .remedy = "write numbers and predicates such as defined(NAME), joined by && and ||",
    .layout = LineLayout::tight};
inline constexpr Code unexpected_word{.name = "unexpected-word",
                                      .summary = "A directive is followed by more words than it takes.",
                                      .remedy = "remove them, or put the message in quotes",
                                      .layout = LineLayout::tight};
inline constexpr Code message_of_file{
    .name = "message-of-file",
    .severity = Severity::notice,
    .summary = "The file itself says something (.notice, .warning, .alert).",
    .remedy = "do what it says",
    .layout = LineLayout::tight};
inline constexpr Code file_too_large{.name = "file-too-large",
                                     .summary = "A configuration file is larger than 4 GiB.",
                                     .remedy = "split the file"};

inline constexpr Code missing_fetch{
    .name = "missing-fetch",
    .summary = "An expression does not begin with the name of a sample fetch.",
    .remedy = "begin with a fetch such as src or req.ssl_sni"};
inline constexpr Code missing_converter{
    .name = "missing-converter",
    .summary = "A comma inside an expression is not followed by the name of a converter.",
    .remedy = "write a converter after the comma, or remove the comma"};
inline constexpr Code unterminated_arguments{
    .name = "unterminated-arguments",
    .summary = "An argument list is not closed by a parenthesis.",
    .remedy = "add the ')'; blanks, quotes and # inside need quoting or escaping"};
inline constexpr Code missing_comma{
    .name = "missing-comma",
    .summary = "Something other than a comma follows a fetch or converter.",
    .remedy = "separate converters by commas; quote a ')' that belongs to an argument"};

inline constexpr Code missing_condition_keyword{.name = "missing-condition-keyword",
                                                .summary = "A condition does not begin with if or unless.",
                                                .remedy = "write if or unless before the ACL names"};
inline constexpr Code unterminated_anonymous_acl{
    .name = "unterminated-anonymous-acl",
    .summary = "An anonymous ACL is not closed by a brace of its own.",
    .remedy = "add ' }': the closing brace must be a word of its own"};
inline constexpr Code empty_anonymous_acl{.name = "empty-anonymous-acl",
                                          .summary = "Nothing stands between the braces of an anonymous ACL.",
                                          .remedy = "write a fetch between the braces"};

inline constexpr Code truncated_log_format{.name = "truncated-log-format",
                                           .summary = "A log format ends after % or inside %{...}.",
                                           .remedy = "write %% for a literal percent sign"};
inline constexpr Code missing_log_format_bracket{
    .name = "missing-log-format-bracket",
    .summary = "The expression after %[ is not followed by a closing bracket.",
    .remedy = "add the ']'"};
inline constexpr Code log_format_flags_without_item{
    .name = "log-format-flags-without-item",
    .summary = "%{...} is not followed by an alias or [expression].",
    .remedy = "write the alias right after the closing brace"};
inline constexpr Code invalid_log_format_alias{
    .name = "invalid-log-format-alias",
    .summary = "% is followed by something that cannot begin an alias.",
    .remedy = "write %% for a literal percent sign"};

inline constexpr std::array all{
    &missing_final_newline,
    &stray_nul,
    &nul_in_word,
    &unterminated_quote,
    &invalid_hex_escape,
    &invalid_variable_name,
    &unterminated_variable,
    &invalid_list_expansion,
    &too_many_words,
    &empty_argument,
    &keyword_outside_section,
    &unknown_directive,
    &misplaced_directive,
    &unclosed_block,
    &bad_condition,
    &unexpected_word,
    &message_of_file,
    &file_too_large,
    &missing_fetch,
    &missing_converter,
    &unterminated_arguments,
    &missing_comma,
    &missing_condition_keyword,
    &unterminated_anonymous_acl,
    &empty_anonymous_acl,
    &truncated_log_format,
    &missing_log_format_bracket,
    &log_format_flags_without_item,
    &invalid_log_format_alias,
};

}  // namespace shunt::parser::codes
