// What can be named, and the words that name it: the linker checks these, also those of lines that nothing
// executes.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fetchers/expression.hpp"
#include "graph/config/proxy.hpp"
#include "parser/source.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph::config {

// An object that other sections can name.
struct Definition {
  enum class Kind : std::uint8_t {
    userlist,
    peers,
    resolvers,
    mailers,
    cache,
    ring,
    http_errors,
    fcgi_app,
    log_profile,
    log_forward,
    crt_store,
    acme,
    healthcheck,
    table,
    traces,
    program
  };
  Kind kind = Kind::userlist;
  std::string name;
  parser::Span span = {};
  std::string type = {};  // of a stick table's keys
};

// A word that must name something, or must compile, checked by the linker.
struct Use {
  enum class Kind : std::uint8_t {
    definition,
    expression,
    format,
    condition,
    backend,
    frontend,
    server,
    address  // a host name that must resolve
  };
  Kind kind = Kind::definition;
  Definition::Kind definition = Definition::Kind::userlist;  // of Kind::definition
  std::span<const parser::Word> words = {};                  // a condition has several
  std::string_view keyword = {};                             // the line's, for messages
  fetchers::Place place = fetchers::Place::config;
  bool late = false;             // looked at when all is read, and blamed on the head of the proxy
  const Proxy* proxy = nullptr;  // whose ACLs the condition uses
  // An expression whose value is a key of this stick table; empty: it is none.
  std::string_view table = {};
};

}  // namespace shunt::graph::config
