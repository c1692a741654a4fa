// `default-path`: from which directory relative names of files are read while the configuration is loaded.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "parser/source.hpp"

namespace shunt::graph {

// The working directory of the process follows the setting, because files are opened in many places; it is
// set back when the configuration is loaded.
class DefaultPath {
 public:
  explicit DefaultPath(const parser::SourceSet& sources) : sources_(sources) {}
  DefaultPath(const DefaultPath&) = delete;
  DefaultPath& operator=(const DefaultPath&) = delete;
  ~DefaultPath();

  // `mode` is "current", "config", "parent" or "origin" (then with the directory); nullopt: done, else why
  // not.
  std::optional<std::string> set(std::string_view mode, std::string_view directory, parser::FileId file);
  // The lines of this file are read from now on.
  std::optional<std::string> enter(parser::FileId file);

 private:
  [[nodiscard]] std::filesystem::path directory_for(parser::FileId file) const;

  const parser::SourceSet& sources_;
  std::filesystem::path started_in_ = {};  // empty as long as nothing was set
  std::filesystem::path origin_ = {};
  std::string mode_ = {};
  parser::FileId file_ = parser::no_file;
};

}  // namespace shunt::graph
