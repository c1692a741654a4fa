// Pattern sets and maps that came from files: read again when a file changes, checked as at a load, and put
// in the place of the old ones while the program runs.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "acl/map_values.hpp"
#include "acl/pattern_set.hpp"
#include "acl/pattern_slot.hpp"

namespace shunt::acl {

class Program;

// How a file is read: lines are patterns, or (-M) a key and a value.
enum class FileForm : std::uint8_t { patterns, map };

// One set of a program, and how its file is read for it.
struct FileSet {
  std::uint32_t id = 0;         // of the set
  std::string path;             // as it is named
  std::string place;            // where that is: never relative; empty: nowhere (virt@)
  bool may_be_missing = false;  // opt@: it is empty then
  FileForm form = FileForm::patterns;
  PatternOptions options = {};
  std::optional<MapOutput> output = {};  // of a map
  PatternVersion version = {};           // what the file held when it was last taken over
};
using FileSets = std::vector<FileSet>;

// As the program was built with; what replaced them since is the caller's to remember.
[[nodiscard]] const FileSets& file_sets(const Program& program);
// What to watch: files, whether they exist or not.
[[nodiscard]] std::set<std::string> file_places(const FileSets& sets);

struct FileFinding {
  bool refused = false;
  std::string text;
};
struct FileRenewal {
  FileSets fresh = {};  // the sets that are others now
  std::vector<FileFinding> findings = {};
};
// `changed`: of file_places(). A file with which a load would fail for one of its sets is refused for all.
[[nodiscard]] FileRenewal renew_files(const FileSets& before, const std::set<std::string>& changed);
[[nodiscard]] FileSets with(FileSets before, const FileSets& fresh);

// Publishes them all at once: one walk through a rule list finds either the old patterns of all or the new
// ones (values of maps may be the new ones a moment earlier). As for Program::replace_patterns(), one caller
// at a time, and Program::reclaim() frees the old ones.
void replace_sets(const Program& program, const FileSets& fresh);

}  // namespace shunt::acl
