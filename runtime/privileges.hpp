// Giving up root: chroot, group, user, in the order that works.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "parser/result.hpp"

namespace shunt::runtime {

struct PrivilegeTarget {
  std::string chroot;  // empty: none
  std::optional<std::uint32_t> uid, gid;
};

// All of it or an error text as HAProxy words it ("Cannot chroot(/x)."). The process has one thread when this
// runs.
[[nodiscard]] Result<void, std::string> drop_privileges(const PrivilegeTarget& target);

}  // namespace shunt::runtime
