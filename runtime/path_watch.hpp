// Which of many paths may have changed: files written in place or replaced, symbolic links on the way to them
// turned, directories filled. Over inotify(7).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "parser/result.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

class PathWatch {
 public:
  [[nodiscard]] static Result<PathWatch, std::error_code> make();
  [[nodiscard]] int descriptor() const { return inotify_.get(); }

  // Adds absolute paths, whether anything is there or not. Of a directory every name in it counts.
  void add(const std::set<std::string>& paths);
  // Those of which something may be different since they were added or were last told. Doesn't wait.
  [[nodiscard]] std::set<std::string> take();
  // Why some directory can't be watched, if one can't.
  [[nodiscard]] std::error_code failure() const { return failure_; }

 private:
  using Index = std::uint32_t;
  struct Directory {
    std::string path;  // without symbolic links; empty: it is a file, and `names` has "" for it
    std::unordered_map<std::string, std::set<Index>> names;
    std::set<Index> all;  // that any name in it concerns
  };
  struct Interest {
    std::string directory, name;
  };
  // The way to a directory, which many paths have in common.
  struct Way {
    std::vector<Interest> interests;
    std::optional<std::string> end;   // nothing: it isn't there
    std::optional<std::string> file;  // that can be written to by other names, too
  };

  explicit PathWatch(UniqueFd inotify) : inotify_(std::move(inotify)) {}
  [[nodiscard]] static Way walk(std::string here, std::string_view path);
  void follow(Index index, std::map<std::string, Way>& ways);
  [[nodiscard]] Directory* watched(const std::string& directory);
  void watch_file(const std::string& path, Index index);
  void forget(int watch);
  void note(int watch, std::uint32_t mask, std::string_view name, std::set<Index>& affected);

  UniqueFd inotify_;
  std::vector<std::string> paths_;
  std::set<std::string> known_;
  std::unordered_map<int, Directory> directories_;
  std::unordered_map<std::string, int> numbers_;
  std::error_code failure_;
};

}  // namespace shunt::runtime
