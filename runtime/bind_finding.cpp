// The order of the reports of one start.
#include "runtime/bind_finding.hpp"

#include <algorithm>

namespace shunt::runtime {

int protocol_order(parser::AddressFamily family) {
  switch (family) {
    case parser::AddressFamily::ipv6: return 0;
    case parser::AddressFamily::unix_path:
    case parser::AddressFamily::abstract_socket: return 2;
    default: return 1;
  }
}

bool any_fatal(const std::vector<BindFinding>& findings) {
  return std::ranges::any_of(findings, &BindFinding::fatal);
}

void sort_as_haproxy(std::vector<BindFinding>& findings) {
  std::ranges::stable_sort(findings, {}, [](const BindFinding& each) { return protocol_order(each.family); });
}

}  // namespace shunt::runtime
