// Lowering functions that only store one typed value in one member; rows name them as
// set_flag<&Bind::transparent>.
#pragma once
#include <type_traits>

#include "graph/read/reading.hpp"

namespace shunt::graph {

template <class Class, class Member>
Class class_of(Member Class::*);

// The object of the wanted type that this reading fills.
template <class T>
T& target(Reading& reading) {
  if constexpr (std::is_same_v<T, config::Global>) return reading.global();
  if constexpr (std::is_same_v<T, config::TlsDefaults>) return reading.global().tls;
  if constexpr (std::is_same_v<T, config::ResponseFetching>) return reading.global().tls.fetching;
  if constexpr (std::is_same_v<T, config::Inherited>) return reading.settings();
  if constexpr (std::is_same_v<T, config::TimeoutSettings>) return reading.settings().timeouts;
  if constexpr (std::is_same_v<T, config::Proxy>) return *reading.proxy;
  if constexpr (std::is_same_v<T, config::BindParameters>) return reading.bind->parameters;
  if constexpr (std::is_same_v<T, config::ServerParameters>) return *reading.server;
  if constexpr (std::is_same_v<T, config::StatsSocketLine>) return *reading.stats_socket;
}

template <auto Member>
auto& member(Reading& reading) {
  return target<decltype(class_of(Member))>(reading).*Member;
}

template <auto Member, class Value>
void store(Reading& reading, Value value) {
  member<Member>(reading) = {std::move(value), reading.span()};
}

template <auto Member, bool Value = true>
void set_flag(Reading& reading) {
  store<Member>(reading, Value != (reading.prefix == Prefix::no));
}

template <auto Member>
void set_text(Reading& reading) {
  store<Member>(reading, std::string(reading.arguments[0].value));
}

template <auto Member>
void set_optional_text(Reading& reading) {
  store<Member>(reading, reading.arguments.empty() ? std::string() : std::string(reading.arguments[0].value));
}

template <auto Member>
void set_time(Reading& reading) {
  if (const auto value = read_time(reading, reading.arguments[0])) store<Member>(reading, *value);
}

template <auto Member>
void set_seconds(Reading& reading) {
  if (const auto value = read_time(reading, reading.arguments[0], true)) store<Member>(reading, *value);
}

template <auto Member, std::int64_t Low = 0, std::int64_t High = 0xffffffff>
void set_number(Reading& reading) {
  if (const auto value = read_number(reading, reading.arguments[0], Low, High))
    store<Member>(reading, *value);
}

template <auto Member, std::int64_t Low = 0, std::int64_t High = 0x7fffffff>
void set_strict_number(Reading& reading) {
  if (const auto value = read_strict_number(reading, reading.arguments[0], Low, High))
    store<Member>(reading, *value);
}

template <auto Member>
void set_size(Reading& reading) {
  if (const auto value = read_size(reading, reading.arguments[0])) store<Member>(reading, *value);
}

template <auto Member>
void set_user(Reading& reading) {
  if (const auto value = read_user(reading, reading.arguments[0])) store<Member>(reading, *value);
}

template <auto Member>
void set_group(Reading& reading) {
  if (const auto value = read_group(reading, reading.arguments[0])) store<Member>(reading, *value);
}

template <auto Member>
void set_octal(Reading& reading) {
  if (const auto value = read_octal(reading, reading.arguments[0])) store<Member>(reading, *value);
}

}  // namespace shunt::graph
