// Unix sockets that are made beside their paths and take them all together, or not at all.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "graph/listener.hpp"
#include "parser/result.hpp"

namespace shunt::runtime {

struct PathFault {
  std::string_view what;  // "cannot bind UNIX socket"
  int error = 0;
  bool too_long = false;  // the path; there is no errno then
};

// Whoever connects finds the socket that had the path before or the new one, never none. What was not kept
// is undone by the destructor.
class FreshPaths {
 public:
  FreshPaths() = default;
  ~FreshPaths() { undo(); }
  FreshPaths(const FreshPaths&) = delete;
  FreshPaths& operator=(const FreshPaths&) = delete;

  // Binds the socket to a name beside `path`, with the mode and the owner that it is to have, and listens.
  [[nodiscard]] Result<void, PathFault> bind(int fd, const std::string& path,
                                             const graph::UnixSocketOptions& options, int backlog);
  // Exchanges each with what has the path now; after a failure all is as it was. The message names the path.
  [[nodiscard]] Result<void, std::string> put_in_place();
  void keep();  // what was there before goes
  void undo();

 private:
  struct One {
    std::string temporary, path;
    enum class Place { beside, in_place, exchanged } place = Place::beside;
  };
  std::vector<One> all_;
};

// What tells the sockets of two lines apart that have the same path.
[[nodiscard]] std::string owner_identity(const graph::UnixSocketOptions& options);

}  // namespace shunt::runtime
