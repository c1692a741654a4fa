// `log` and `log-format` lines.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "graph/log_target.hpp"
#include "parser/address.hpp"
#include "parser/log_format_tree.hpp"
#include "parser/source.hpp"

namespace shunt::graph::config {

struct LogLine {
  bool global = false;           // `log global`
  parser::Address address = {};  // where to, unless it is a descriptor
  LogTarget target = {};         // endpoint still empty
  bool unsupported = false;      // a log backend
  bool format_written = false;   // else the format depends on log-send-hostname
  parser::Span span = {};
};

struct LogFormatLine {
  enum class Kind : std::uint8_t { simple, tcplog, http, custom } kind = Kind::simple;
  std::shared_ptr<const parser::LogFormatTree> tree = {};  // custom; shared by all that inherit it
  std::string text = {};                                   // custom, as written
};

}  // namespace shunt::graph::config
