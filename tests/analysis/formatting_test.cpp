// `shunt fmt`: what the layout becomes, and that words and comments stay.
#include "analysis/formatting.hpp"

#include <gtest/gtest.h>

#include "analysis/raw_line.hpp"

namespace shunt::analysis {
namespace {

struct Layout {
  std::string_view before, after;
};

class Formatting : public testing::TestWithParam<Layout> {};

TEST_P(Formatting, Lays) {
  EXPECT_EQ(formatted(GetParam().before), GetParam().after);
  EXPECT_EQ(formatted(GetParam().after), GetParam().after) << "not stable";
}

const Layout layouts[] = {
    {"", ""},
    {"\n\n", "\n\n"},
    {"  global\nmaxconn   5\n", "global\n    maxconn 5\n"},
    {"global\r\n\tmaxconn 5\t\r\n", "global\r\n    maxconn 5\r\n"},
    {"global\n maxconn 5", "global\n    maxconn 5"},
    // Lines of one keyword get columns, the rest of them doesn't.
    {"backend b\n server a 10.0.0.1:80 check\n server long 10.0.0.100:80 check weight 5\n",
     "backend b\n    server a    10.0.0.1:80   check\n    server long 10.0.0.100:80 check weight 5\n"},
    {"backend b\n server a 1:1\n balance x\n server long 1:1\n",
     "backend b\n    server a 1:1\n    balance x\n    server long 1:1\n"},
    {"listen l\n acl a src 1.1.1.1\n acl long src 1.1.1.1\n",
     "listen l\n    acl a    src 1.1.1.1\n    acl long src 1.1.1.1\n"},
    // Comments: text kept, depth of what is below; above an empty line as its writer had it.
    {"# head\n\n#x\nglobal # the  process\n  #  a  \n   # b\n maxconn 5 # c\n # end\n\n# next\ndefaults\n",
     "# head\n\n#x\nglobal  # the  process\n    #  a  \n    # b\n    maxconn 5  # c\n    # end\n\n# "
     "next\ndefaults\n"},
    {"global\n maxconn 5#6\n", "global\n    maxconn 5  #6\n"},
    {".if 1\nglobal\n .if 0\n maxconn 5\n .endif\n.endif\n",
     ".if 1\nglobal\n    .if 0\n    maxconn 5\n.endif\n.endif\n"},
    // Quotes and escapes are not looked into.
    {"listen l\n acl a  path_beg  \"a  #b\\\"  c\" '#  \\' d\\ \\  e\\#f # g\n",
     "listen l\n    acl a path_beg \"a  #b\\\"  c\" '#  \\' d\\ \\  e\\#f  # g\n"},
    {"\"global\"\nmaxconn 1\n", "\"global\"\n    maxconn 1\n"},
};
INSTANTIATE_TEST_SUITE_P(Texts, Formatting, testing::ValuesIn(layouts));

TEST(RawLines, KeepWhatIsWritten) {
  const RawLine line = split_raw("\t a\"b c\"d  'e' # f\r\n");
  EXPECT_EQ(line.words, (std::vector<std::string_view>{"a\"b c\"d", "'e'"}));
  EXPECT_EQ(line.comment, "# f");
  EXPECT_EQ(line.line_end, "\r\n");
  EXPECT_TRUE(line.indented);
  EXPECT_EQ(split_raw("a\\").words, (std::vector<std::string_view>{"a\\"}));
  EXPECT_EQ(split_raw("\"open").words, (std::vector<std::string_view>{"\"open"}));
}

}  // namespace
}  // namespace shunt::analysis
