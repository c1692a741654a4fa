// Changes the working directory as `default-path` asks, and back.
#include "graph/read/default_path.hpp"

#include <system_error>

#include "parser/outside.hpp"

namespace shunt::graph {

namespace fs = std::filesystem;

DefaultPath::~DefaultPath() {
  if (!started_in_.empty()) static_cast<void>(parser::enter_directory(started_in_));
}

std::optional<std::string> DefaultPath::set(std::string_view mode, std::string_view directory,
                                            parser::FileId file) {
  if (started_in_.empty()) {
    const auto here = parser::working_directory();
    if (!here) return std::generic_category().message(here.assume_error());
    started_in_ = here.assume_value();
  }
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
  const int error = parser::enter_directory(directory_for(file));
  return error != 0 ? std::optional(std::generic_category().message(error)) : std::nullopt;
}

}  // namespace shunt::graph
