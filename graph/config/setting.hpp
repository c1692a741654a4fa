// A value of the files and the place where it was written.
#pragma once
#include <optional>
#include <string>

#include "parser/source.hpp"

namespace shunt::graph::config {

// One value and the words that gave it. Values that `defaults` handed down keep the place in `defaults`.
template <class T>
struct Setting {
  T value = {};
  parser::Span span = {};
};
template <class T>
using Maybe = std::optional<Setting<T>>;
using Text = Setting<std::string>;

}  // namespace shunt::graph::config
