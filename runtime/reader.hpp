// Reading the files again with the rights of the start: the reader's side, in a child of the keeper, and what
// the process asks it for (docs/decisions/0007-reload.md).
//
// Protocol over the pair that Keeper::begin_reading() gives, one message each. The reader begins: "good" or
// "bad", with a descriptor of the findings' text and of what was read (parser/outside_record.hpp), as
// "SIZE TEXT RECORD". After "good" it answers requests for sockets that its own reading of the files names:
// "listener ID THREADS", "stats PLACE", "log PATH". "place" puts those with a path where that says, "keep"
// makes it final; with "watch" (or "watch all": patterns, too) it becomes a watcher; what was not kept is
// undone when the conversation ends. An answer is any number of "socket" with a descriptor and of "alert
// TEXT" or "warning TEXT", and then "end".
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "graph/ids.hpp"
#include "parser/result.hpp"
#include "runtime/bind_finding.hpp"
#include "runtime/rereading.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {

// The reader's part: returns when the other end is closed.
void serve_reader(int socket, const ReadConfiguration& read, pid_t pid);

// The process's part. Calls block.
class ReaderClient {
 public:
  explicit ReaderClient(UniqueFd socket) : socket_(std::move(socket)) {}

  struct Reading {
    bool good = false;
    std::string text, record;
  };
  // nullopt: the reader failed.
  [[nodiscard]] std::optional<Reading> receive_reading();

  struct Sockets {
    std::vector<UniqueFd> descriptors;
    std::vector<BindFinding> findings;  // message and `fatal`
  };
  [[nodiscard]] Sockets listener(graph::ListenerId listener, std::uint32_t threads);
  [[nodiscard]] Sockets stats(std::size_t place);
  [[nodiscard]] Sockets log(const std::string& path);
  // The last request: from now on it watches the files (runtime/file_watcher.hpp). Empty: it is gone.
  [[nodiscard]] UniqueFd watch(bool with_patterns);
  [[nodiscard]] std::vector<BindFinding> put_in_place();
  void keep();
  void hang_up();  // from any thread: all calls fail

 private:
  [[nodiscard]] Sockets ask(const std::string& request);
  UniqueFd socket_;
};

}  // namespace shunt::runtime
