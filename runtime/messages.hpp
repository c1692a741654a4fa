// What the process says to its operator on stderr, in HAProxy's form: "[ALERT]    (pid) : text".
#pragma once
#include <memory>
#include <string_view>

namespace shunt::runtime {

class Messages {
 public:
  explicit Messages(bool quiet);
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  void alert(std::string_view text) const;
  void warning(std::string_view text) const;
  void notice(std::string_view text) const;
  void plain(std::string_view text) const;
  // Goes on with a copy of stderr, which itself may be given up then.
  void keep_terminal();
  // From now on nothing is written (a daemon has no terminal); the copy is closed.
  void silence();

 private:
  struct Data;
  void write(std::string_view label, std::string_view text) const;

  std::unique_ptr<Data> data_;
  bool quiet_ = false;
};

}  // namespace shunt::runtime
