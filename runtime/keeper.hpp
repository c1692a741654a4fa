// The keeper: a small process that stays privileged after the others gave it up, and begins what needs
// privileges again: the reader of a reload, the watcher of files.
//
// Protocol, over a SOCK_SEQPACKET pair: the request is one NUL byte (reading: runtime/reader.hpp) or one SOH
// (watching: runtime/file_watcher.hpp). The answer is the errno as a native int (0: fine) with a descriptor
// as SCM_RIGHTS: one end of a pair whose other end a fresh child of the keeper serves. Any other request is
// refused with EPERM; the keeper itself opens nothing and knows nothing of the network.
#pragma once
#include <sys/types.h>
#include <functional>
#include <string_view>
#include <system_error>

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
  // Forks; the child serves until its parent is gone. Call it while the process has one thread, before
  // privileges are dropped.
  [[nodiscard]] static Result<Keeper, std::error_code> start(const KeeperChildren& children);
  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&&) = delete;
  ~Keeper();  // lets the child go and waits for its end

  // A conversation with a process that has the keeper's rights. From the main thread; blocks for the round
  // trip. operation_not_permitted: there is no such child.
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
void serve_keeper(int socket, const KeeperChildren& children);

}  // namespace shunt::runtime
