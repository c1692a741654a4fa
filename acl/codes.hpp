// The codes of the findings that ACLs, patterns and conditions yield.
#pragma once
#include <array>

#include "parser/diagnostic.hpp"

namespace shunt::acl::codes {

using parser::Code;
using parser::Severity;

inline constexpr Code missing_acl_name{.name = "missing-acl-name",
                                       .summary = "An `acl` line has no name.",
                                       .remedy = "write: acl NAME CRITERION [flags] [patterns]"};
inline constexpr Code invalid_acl_name{
    .name = "invalid-acl-name",
    .summary = "The name of an ACL holds a character that names may not have.",
    .remedy = "use letters, digits, '-', '_', '.' and ':' only"};
inline constexpr Code reserved_acl_name{
    .name = "reserved-acl-name",
    .summary = "An ACL is named like the operator `or`, so no condition could ever use it.",
    .remedy = "give the ACL another name"};
inline constexpr Code missing_criterion{.name = "missing-criterion",
                                        .summary = "An ACL does not say what it tests.",
                                        .remedy = "name a sample fetch, for instance `req.ssl_sni` or `src`"};
inline constexpr Code unknown_acl_flag{
    .name = "unknown-acl-flag",
    .summary = "A word beginning with a dash stands before the first pattern and is no flag.",
    .remedy = "put '--' before a pattern that begins with a dash"};
inline constexpr Code unknown_match_method{
    .name = "unknown-match-method",
    .summary = "The word after -m is not a match method.",
    .remedy = "use one of found, bool, int, ip, bin, len, str, beg, sub, dir, dom, end, reg"};
inline constexpr Code late_match_method{
    .name = "late-match-method",
    .summary = "-m stands after -f, so the file would be read with another method.",
    .remedy = "put -m before the first -f"};
inline constexpr Code missing_match_method{
    .name = "missing-match-method",
    .summary = "The criterion's type has no match method of its own.",
    .remedy = "add -m with a method, for instance `-m bin` or `-m str`"};
inline constexpr Code unusable_match_method{
    .name = "unusable-match-method",
    .summary = "The criterion's value cannot become what the match method compares.",
    .remedy = "use another method, or a converter that changes the type"};
inline constexpr Code overridden_match_method{
    .name = "overridden-match-method",
    .severity = Severity::warning,
    .summary = "The method in the criterion's name is lost, because of -m or a converter.",
    .remedy = "use the plain fetch with -m"};
inline constexpr Code invalid_unique_id{.name = "invalid-unique-id",
                                        .summary = "The word after -u is not an integer.",
                                        .remedy = "give a number, or remove -u"};
inline constexpr Code no_patterns{
    .name = "no-patterns",
    .severity = Severity::warning,
    .summary = "An ACL has no pattern to compare with, so it never matches.",
    .remedy = "add patterns, use '-m found' to test for existence, or add '--' if this is meant"};
inline constexpr Code unreadable_pattern_file{
    .name = "unreadable-pattern-file",
    .summary = "The file after -f cannot be read.",
    .remedy = "correct the path, or write opt@PATH if the file may be missing"};
inline constexpr Code pattern_file_columns{
    .name = "pattern-file-columns",
    .summary = "A file is used with -M in one place and without it in another.",
    .remedy = "use the file with -M everywhere or nowhere"};
inline constexpr Code invalid_map{.name = "invalid-map",
                                  .summary = "A map file has a key or a value that its converter can't read.",
                                  .remedy = "correct the line, or use the converter of the right kind"};
inline constexpr Code invalid_number_pattern{
    .name = "invalid-number-pattern",
    .summary = "A pattern of an integer match is neither a number nor a range.",
    .remedy = "write N, N:M, N:, :M, or an operator (eq, ge, gt, le, lt) before N"};
inline constexpr Code invalid_address_pattern{
    .name = "invalid-address-pattern",
    .summary =
        "A pattern of an address match is neither an address, a network nor a name that can be resolved.",
    .remedy = "write an address with an optional /mask"};
inline constexpr Code invalid_hex_pattern{
    .name = "invalid-hex-pattern",
    .summary = "A pattern of a binary match is not an even number of hexadecimal digits.",
    .remedy = "write two hexadecimal digits for each byte"};
inline constexpr Code invalid_regex_pattern{
    .name = "invalid-regex-pattern",
    .summary = "A regular expression cannot be compiled.",
    .remedy = "correct the expression; the offset says where reading it ended"};
inline constexpr Code unknown_acl{.name = "unknown-acl",
                                  .summary = "A condition names an ACL that is not defined above it.",
                                  .remedy = "define it before its first use"};
inline constexpr Code acl_never_matches{
    .name = "acl-never-matches",
    .severity = Severity::warning,
    .summary = "An ACL is used where none of its criteria can have a value.",
    .remedy = "use a criterion that is available there, or move the rule"};
inline constexpr Code acl_partly_matches{
    .name = "acl-partly-matches",
    .severity = Severity::warning,
    .summary = "An ACL is used where one of its criteria cannot have a value.",
    .remedy = "use a criterion that is available there, or move the rule"};

inline constexpr std::array all{
    &missing_acl_name,        &invalid_acl_name,        &reserved_acl_name,     &missing_criterion,
    &unknown_acl_flag,        &unknown_match_method,    &late_match_method,     &missing_match_method,
    &unusable_match_method,   &overridden_match_method, &invalid_unique_id,     &no_patterns,
    &unreadable_pattern_file, &pattern_file_columns,    &invalid_map,           &invalid_number_pattern,
    &invalid_address_pattern, &invalid_hex_pattern,     &invalid_regex_pattern, &unknown_acl,
    &acl_never_matches,       &acl_partly_matches};

}  // namespace shunt::acl::codes
