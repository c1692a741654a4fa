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
  // From now on nothing is written (a daemon has no terminal).
  void silence() { quiet_ = true; }

 private:
  struct Data;
  void write(std::string_view label, std::string_view text) const;

  std::unique_ptr<Data> data_;
  bool quiet_ = false;
};

}  // namespace shunt::runtime
