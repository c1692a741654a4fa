// The keeper: a small process that stays privileged after the others gave it up, and opens what the loaded
// files name.
//
// Protocol, over a SOCK_SEQPACKET pair: the request is the path's bytes; the answer is the errno as a native
// int (0: fine) with the descriptor as SCM_RIGHTS. A request of one NUL byte, or one SOH, is answered with
// one end of a pair whose other end a fresh child of the keeper serves (reloading: runtime/reader.hpp;
// watching: runtime/file_watcher.hpp). It parses nothing else and knows nothing of the network.
#pragma once
#include <sys/types.h>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "parser/result.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

// What children of the keeper do on the conversations that begin_reading() and begin_watching() give; each
// returns when the other end is closed.
struct KeeperChildren {
  using Serve = std::function<void(int socket)>;
  Serve read_again = {}, watch = {};
};

class Keeper {
 public:
  // Forks; the child serves until its parent is gone. Only these exact paths will be opened. Call it while
  // the process has one thread, before privileges are dropped.
  [[nodiscard]] static Result<Keeper, std::error_code> start(const std::vector<std::string>& allowed_paths,
                                                             const KeeperChildren& children = {});
  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&&) = delete;
  ~Keeper();  // lets the child go and waits for its end

  // Read-only, from the main thread. Blocks for the round trip. permission_denied: the path is not one that
  // was named.
  [[nodiscard]] Result<UniqueFd, std::error_code> open_file(const std::string& path);
  // A conversation with a process that has the keeper's rights. Not at the same time as open_file().
  [[nodiscard]] Result<UniqueFd, std::error_code> begin_reading();
  [[nodiscard]] Result<UniqueFd, std::error_code> begin_watching();
  [[nodiscard]] pid_t pid() const { return child_; }

 private:
  Keeper(UniqueFd socket, pid_t child) : socket_(std::move(socket)), child_(child) {}

  [[nodiscard]] Result<void, std::error_code> wait_until_set_up() const;
  [[nodiscard]] Result<UniqueFd, std::error_code> ask(std::string_view request);

  UniqueFd socket_;
  pid_t child_ = -1;
};

// The child's part, on one end of the pair: returns when the other end is closed.
void serve_keeper(int socket, const std::vector<std::string>& allowed_paths,
                  const KeeperChildren& children = {});

}  // namespace shunt::runtime
