// Fuzz entry: answers of checked servers. The first byte chooses the reader; whatever comes, it must end and
// stay in bounds.
#include <cstdint>
#include <string_view>

#include "runtime/check_answers.hpp"
#include "runtime/check_http.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  using namespace shunt::runtime;
  const bool last = (data[0] & 8) != 0;
  switch (data[0] & 7) {
    case 0: (void)read_mysql_greeting(bytes); break;
    case 1: (void)read_mysql_verdict(bytes); break;
    case 2: (void)read_ldap_answer(bytes, last); break;
    case 3: (void)read_spop_answer(bytes, 16380, last); break;
    default: (void)read_answer(bytes, last, (data[0] & 4) == 0); break;
  }
  return 0;
}
