// Reads changed files of patterns and maps again.
#include "acl/file_sets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "acl/file_versions.hpp"
#include "parser/outside.hpp"

namespace shunt::acl {
namespace {

bool same(const PatternVersion& a, const PatternVersion& b) {
  if (!std::ranges::equal(a.set->entries(), b.set->entries(), {}, &PatternText::text, &PatternText::text))
    return false;
  if (!a.values) return true;
  for (std::uint32_t entry = 0; entry < a.values->size(); ++entry)
    if (a.values->text(entry) != b.values->text(entry)) return false;
  return true;
}

// One file, for all the sets that come from it.
class OneFile {
 public:
  OneFile(const std::string& place, FileRenewal& renewal) : place_(place), renewal_(renewal) {}

  void add(const FileSet& set) { sets_.push_back(&set); }

  void renew() {
    const auto bytes = parser::read_file(place_);
    const bool may_be_missing = std::ranges::all_of(sets_, &FileSet::may_be_missing);
    if (!bytes && !may_be_missing)
      return refuse(
          fmt::format("it can't be read ({})", std::generic_category().message(bytes.assume_error())));
    const std::string nothing;
    read(bytes ? bytes.assume_value() : nothing);
  }

 private:
  [[nodiscard]] std::string_view kind() const { return sets_.front()->output ? "map" : "file of patterns"; }
  [[nodiscard]] const std::string& path() const { return sets_.front()->path; }

  void refuse(std::string_view why) {
    renewal_.findings.push_back(
        {true, fmt::format("The {} '{}' is not taken over, the old one stays: {}.", kind(), path(), why)});
  }

  void read(const std::string& bytes) {
    FileSets fresh;
    for (const FileSet* set : sets_) {
      parser::DiagnosticSink faults;
      auto version = read_version(*set, bytes, {}, faults);
      if (!version || faults.has_errors()) return refuse(faults.all().front().message);
      if (same(set->version, *version)) continue;
      fresh.push_back(*set);
      fresh.back().version = std::move(*version);
    }
    if (fresh.empty()) return;
    const std::size_t count = fresh.front().version.set->entries().size();
    renewal_.findings.push_back({false, fmt::format("The {} '{}' was renewed: {} {}.", kind(), path(), count,
                                                    count == 1 ? "entry" : "entries")});
    std::ranges::move(fresh, std::back_inserter(renewal_.fresh));
  }

  const std::string& place_;
  FileRenewal& renewal_;
  std::vector<const FileSet*> sets_;
};

}  // namespace

std::set<std::string> file_places(const FileSets& sets) {
  std::set<std::string> places;
  for (const FileSet& set : sets)
    if (!set.place.empty()) places.insert(set.place);
  return places;
}

FileRenewal renew_files(const FileSets& before, const std::set<std::string>& changed) {
  FileRenewal renewal;
  for (const std::string& place : changed) {
    OneFile file(place, renewal);
    bool any = false;
    for (const FileSet& set : before)
      if (set.place == place) file.add(set), any = true;
    if (any) file.renew();
  }
  return renewal;
}

FileSets with(FileSets before, const FileSets& fresh) {
  for (const FileSet& set : fresh) *std::ranges::find(before, set.id, &FileSet::id) = set;
  return before;
}

}  // namespace shunt::acl
