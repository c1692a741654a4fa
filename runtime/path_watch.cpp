// Watches the directories on the way to each path, not the files: a name survives what it names.
#include "runtime/path_watch.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <deque>
#include <numeric>

namespace shunt::runtime {
namespace {

constexpr std::uint32_t events = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE |
                                 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;

std::string below(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + '/' + name;
}

std::string above(const std::string& directory) {
  const std::size_t slash = directory.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : directory.substr(0, slash);
}

// In front of what is still to be walked.
void put_before(std::deque<std::string>& names, std::string_view path) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash != 0 && path.substr(0, slash) != ".") parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  names.insert(names.begin(), parts.begin(), parts.end());
}

std::string target_of(const std::string& link) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

// A write by another name of a file (a hard link, the place that a container's mount of a single file comes
// from) is no event of the directory here.
bool has_other_names(const struct statx& status) {
  return status.stx_nlink > 1 || (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace

Result<PathWatch, std::error_code> PathWatch::make() {
  UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify) return std::error_code(errno, std::generic_category());
  return PathWatch(std::move(inotify));
}

// Every name that decides where the path leads. A way that leads to a file ends nowhere.
PathWatch::Way PathWatch::walk(std::string here, std::string_view path) {
  constexpr int most_links = 40;
  Way way;
  std::deque<std::string> names;
  put_before(names, path);
  for (int links = 0; !names.empty();) {
    const std::string name = std::move(names.front());
    names.pop_front();
    if (name == "..") {
      here = above(here);
      continue;
    }
    way.interests.push_back({here, name});
    const std::string full = below(here, name);
    struct statx status{};
    if (::statx(AT_FDCWD, full.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_NLINK, &status) != 0)
      return way;
    if (S_ISLNK(status.stx_mode)) {
      if (++links > most_links) return way;
      const std::string target = target_of(full);
      if (target.starts_with('/')) here = "/";
      put_before(names, target);
    } else if (S_ISDIR(status.stx_mode)) {
      here = full;
    } else {
      if (has_other_names(status)) way.file = full;
      return way;
    }
  }
  way.end = here;
  return way;
}

PathWatch::Directory* PathWatch::watched(const std::string& directory) {
  if (const auto known = numbers_.find(directory); known != numbers_.end())
    return &directories_.at(known->second);
  const int watch = ::inotify_add_watch(inotify_.get(), directory.c_str(), events);
  if (watch < 0) {
    if (errno != ENOENT && errno != ENOTDIR) failure_ = {errno, std::generic_category()};
    return nullptr;
  }
  numbers_[directory] = watch;
  Directory& made = directories_[watch];
  made.path = directory;
  return &made;
}

// The directory is watched before it is looked into, or a change in between would be lost.
void PathWatch::follow(Index index, std::map<std::string, Way>& ways) {
  const std::string& path = paths_[index];
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
  if (!ways.contains(parent)) {
    Way way;
    // What is found while it is not yet watched may be another way a moment later.
    for (std::size_t seen = 0; seen == 0 || seen != way.interests.size();) {
      seen = std::max<std::size_t>(way.interests.size(), 1);
      way = walk("/", parent);
      for (const Interest& each : way.interests) static_cast<void>(watched(each.directory));
      if (way.end) static_cast<void>(watched(*way.end));
    }
    ways.emplace(parent, std::move(way));
  }
  const Way& common = ways.at(parent);
  for (const Interest& each : common.interests)
    if (Directory* const directory = watched(each.directory)) directory->names[each.name].insert(index);
  if (!common.end) return;
  const Way rest = walk(*common.end, path.substr(slash + 1));
  for (const Interest& each : rest.interests)
    if (Directory* const directory = watched(each.directory)) directory->names[each.name].insert(index);
  if (rest.file) watch_file(*rest.file, index);
  if (!rest.end) return;
  if (Directory* const directory = watched(*rest.end)) directory->all.insert(index);
}

void PathWatch::watch_file(const std::string& path, Index index) {
  const int watch = ::inotify_add_watch(inotify_.get(), path.c_str(), IN_CLOSE_WRITE);
  if (watch >= 0)
    directories_[watch].names[""].insert(index);
  else if (errno != ENOENT)
    failure_ = {errno, std::generic_category()};
}

void PathWatch::add(const std::set<std::string>& paths) {
  std::map<std::string, Way> ways;
  for (const std::string& path : paths) {
    if (!path.starts_with('/') || !known_.insert(path).second) continue;
    paths_.push_back(path);
    follow(static_cast<Index>(paths_.size() - 1), ways);
  }
}

void PathWatch::forget(int watch) {
  const auto known = directories_.find(watch);
  if (known == directories_.end()) return;
  numbers_.erase(known->second.path);
  directories_.erase(known);
  ::inotify_rm_watch(inotify_.get(), watch);
}

void PathWatch::note(int watch, std::uint32_t mask, std::string_view name, std::set<Index>& affected) {
  if ((mask & IN_Q_OVERFLOW) != 0) {
    for (Index index = 0; index < paths_.size(); ++index) affected.insert(index);
    return;
  }
  const auto known = directories_.find(watch);
  if (known == directories_.end()) return;
  const Directory& directory = known->second;
  if ((mask & gone) != 0) {
    for (const auto& [each, indices] : directory.names) affected.insert(indices.begin(), indices.end());
    affected.insert(directory.all.begin(), directory.all.end());
    return forget(watch);
  }
  affected.insert(directory.all.begin(), directory.all.end());
  const auto named = directory.names.find(std::string(name));
  if (named != directory.names.end()) affected.insert(named->second.begin(), named->second.end());
}

std::set<std::string> PathWatch::take() {
  alignas(inotify_event) std::array<char, 65536> bytes;
  std::set<Index> affected;
  for (ssize_t size; (size = ::read(inotify_.get(), bytes.data(), bytes.size())) > 0;) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, bytes.data() + at, sizeof(event));
      const char* const name = bytes.data() + at + sizeof(event);
      note(event.wd, event.mask, event.len != 0 ? std::string_view(name) : std::string_view(), affected);
      at += sizeof(event) + event.len;
    }
  }
  std::map<std::string, Way> ways;
  std::set<std::string> changed;
  for (const Index index : affected) {
    follow(index, ways);  // the way may be another one now
    changed.insert(paths_[index]);
  }
  return changed;
}

}  // namespace shunt::runtime
