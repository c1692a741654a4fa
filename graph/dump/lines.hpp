// The lines of binds and servers, and the section that they stand in.
#pragma once
#include <string>

#include "graph/dump/writer.hpp"

namespace shunt::graph::config {

void write_bind(std::string& text, const Bind& bind);
void write_server(std::string& text, const Server& server);
// What stands behind `default-server`, too.
void write_server_settings(Writer& to, const ServerParameters& own);

void write_section(std::string& text, const parser::SourceSet& sources, const Proxy& proxy);

}  // namespace shunt::graph::config
