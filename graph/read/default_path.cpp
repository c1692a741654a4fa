// Changes the working directory as `default-path` asks, and back.
#include "graph/read/default_path.hpp"

#include <system_error>

namespace shunt::graph {

namespace fs = std::filesystem;

DefaultPath::~DefaultPath() {
  std::error_code ignored;
  if (!started_in_.empty()) fs::current_path(started_in_, ignored);
}

std::optional<std::string> DefaultPath::set(std::string_view mode, std::string_view directory,
                                            parser::FileId file) {
  std::error_code error;
  if (started_in_.empty()) started_in_ = fs::current_path(error);
  if (error) return error.message();
  mode_ = mode;
  origin_ = directory;
  file_ = parser::no_file;
  return enter(file);
}

fs::path DefaultPath::directory_for(parser::FileId file) const {
  if (mode_ == "origin") return started_in_ / origin_;
  if (mode_ == "current") return started_in_;
  const fs::path beside = (started_in_ / fs::path(sources_.name(file))).parent_path();
  return mode_ == "parent" ? beside / ".." : beside;
}

std::optional<std::string> DefaultPath::enter(parser::FileId file) {
  if (mode_.empty() || file == file_ || file == parser::no_file) return std::nullopt;
  file_ = file;
  std::error_code error;
  fs::current_path(directory_for(file), error);
  return error ? std::optional(error.message()) : std::nullopt;
}

}  // namespace shunt::graph
