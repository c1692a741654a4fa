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

// ---- tables.cpp
[[nodiscard]] std::string table_parameters(const StickTableLine& line);
void write_own_table(std::string& text, const Config& config, const Proxy& proxy);
void write_stick_rules(std::string& text, const parser::SourceSet& sources, const Proxy& proxy);

// ---- peers.cpp
void write_peers(std::string& text, const Config& config);

// ---- check_lines.cpp: lines that stay as they were written
void write_checks(std::string& text, const Config& config, const parser::SourceSet& sources,
                  const Proxy& proxy);
void write_mailers(std::string& text, const Config& config, const parser::SourceSet& sources);
void write_leave_for_programs(std::string& text, const Config& config, const parser::SourceSet& sources);

}  // namespace shunt::graph::config
