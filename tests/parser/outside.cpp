// What is read from outside: the machine's answers, and a record of them that answers the same questions
// again.
#include "parser/outside.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "parser/outside_record.hpp"

namespace shunt::parser {
namespace {

class OutsideTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "shunt-outside-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    std::ofstream(directory + "/b") << std::string("1 2\n\0x", 6);
    std::ofstream(directory + "/a") << "first";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  // Everything that can be asked, as one text.
  [[nodiscard]] std::string ask_all() const {
    std::string all;
    const auto b = read_file(directory + "/b");
    all += b ? b.assume_value() : "unreadable";
    const auto none = read_file(directory + "/none");
    all += none ? "?" : std::to_string(none.assume_error());
    for (const std::string& path : {directory, directory + "/a", directory + "/none"})
      all += std::to_string(static_cast<int>(path_kind(path)));
    for (const std::string& name : list_directory(directory)) all += name;
    all += is_readable(directory + "/a") ? 'r' : '-';
    all += is_writable(directory) ? 'w' : '-';
    for (const NamedAddress& address : resolve_name("127.0.0.1", NameFamily::any))
      all += std::to_string(address.bytes[0]);
    all += std::to_string(user_number("root").value_or(77)) + (user_number("no such user") ? "?" : "!");
    all += std::to_string(group_number("root").value_or(77));
    const auto here = working_directory();
    all += here ? here.assume_value() : "nowhere";
    all += std::to_string(enter_directory(directory + "/none"));
    return all;
  }

  std::string directory;
};

TEST_F(OutsideTest, AnswersOfTheMachine) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(ask_all(),
            std::string("1 2\n\0x", 6) + "2" + "210" + "ab" + "rw" + "127" + "0!" + "0" + here + "2");
  EXPECT_EQ(&outside(), &machine());
}

TEST_F(OutsideTest, AReplayGivesTheSameAnswersWithoutTheFiles) {
  OutsideRecorder recorder(machine());
  std::string before;
  {
    const OutsideScope scope(recorder);
    before = ask_all();
  }
  std::filesystem::remove_all(directory);
  OutsideReplay replay(recorder.record());
  EXPECT_FALSE(replay.complete());
  {
    const OutsideScope scope(replay);
    EXPECT_EQ(ask_all(), before);
  }
  EXPECT_TRUE(replay.complete());
  EXPECT_EQ(&outside(), &machine());
}

TEST_F(OutsideTest, AnotherQuestionFailsTheReplay) {
  OutsideRecorder recorder(machine());
  static_cast<void>(recorder.ask(Question::read, directory + "/a"));
  for (const std::string& path : {directory + "/b", std::string()}) {
    OutsideReplay replay(recorder.record());
    EXPECT_EQ(replay.ask(Question::read, path).error, ENOENT);
    EXPECT_EQ(replay.ask(Question::read, directory + "/a").error, ENOENT);
    EXPECT_FALSE(replay.complete());
  }
  OutsideReplay other(recorder.record());
  EXPECT_EQ(other.ask(Question::kind, directory + "/a").error, ENOENT);
}

TEST_F(OutsideTest, ARecordThatIsCutAnywhereFailsTheReplay) {
  OutsideRecorder recorder(machine());
  static_cast<void>(recorder.ask(Question::read, directory + "/b"));
  const std::string whole = recorder.record();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    OutsideReplay replay(whole.substr(0, size));
    EXPECT_EQ(replay.ask(Question::read, directory + "/b").error, ENOENT) << size;
    EXPECT_FALSE(size != 0 && replay.complete()) << size;
  }
}

}  // namespace
}  // namespace shunt::parser
