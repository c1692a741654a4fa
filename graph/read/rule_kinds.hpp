// The kinds of arguments that rules, checks and error pages have.
#pragma once
#include "graph/read/argument_syntax.hpp"

namespace shunt::graph::kinds {

// The place that a kind's parameters name ("fe-http-request"), else where the line is evaluated.
[[nodiscard]] fetchers::Place place_of(const Reading& reading, std::string_view parameters);
// Whether a file can be read, or files are taken to be there.
[[nodiscard]] bool is_readable(const Reading& reading, const parser::Word& word);
// Whether there is a built-in page for the status.
[[nodiscard]] bool has_page(const Reading& reading, std::int64_t status);

using KindWords = std::span<const parser::Word>;
std::size_t any_base(Reading& reading, KindWords words, std::string_view parameters);
std::size_t cookie_attribute(Reading& reading, KindWords words, std::string_view parameters);
std::size_t cookie_domain(Reading& reading, KindWords words, std::string_view parameters);
std::size_t error_page(Reading& reading, KindWords words, std::string_view parameters);
std::size_t expression_words(Reading& reading, KindWords words, std::string_view parameters);
std::size_t expression_shape(Reading& reading, KindWords words, std::string_view parameters);
std::size_t hex(Reading& reading, KindWords words, std::string_view parameters);
std::size_t mark_or_expression(Reading& reading, KindWords words, std::string_view parameters);
std::size_t service(Reading& reading, KindWords words, std::string_view parameters);
std::size_t number_or_expression(Reading& reading, KindWords words, std::string_view parameters);
std::size_t page_status(Reading& reading, KindWords words, std::string_view parameters);
std::size_t seconds(Reading& reading, KindWords words, std::string_view parameters);
std::size_t server(Reading& reading, KindWords words, std::string_view parameters);
std::size_t status_list(Reading& reading, KindWords words, std::string_view parameters);
std::size_t time_or_expression(Reading& reading, KindWords words, std::string_view parameters);

}  // namespace shunt::graph::kinds
