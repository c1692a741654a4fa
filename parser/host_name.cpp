// gethostname(2), whose answer may lack the byte behind it.
#include "parser/host_name.hpp"

#include <unistd.h>

#include <array>

namespace shunt::parser {

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace shunt::parser
