// Why the text of a pattern is not one.
#pragma once
#include <string>

namespace shunt::acl {

struct PatternError {
  std::string message;  // a whole sentence that quotes the text
};

}  // namespace shunt::acl
