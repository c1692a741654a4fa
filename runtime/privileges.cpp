// Giving up root: chroot, group, user, in the order that works.
#include "runtime/privileges.hpp"

#include <fmt/core.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace shunt::runtime {
namespace {

using Outcome = Result<void, std::string>;

Outcome enter_chroot(const std::string& directory) {
  if (directory.empty()) return success();
  if (::chroot(directory.c_str()) != 0 || ::chdir("/") != 0)
    return fmt::format("Cannot chroot({}).", directory);
  return success();
}

Outcome change_group(std::optional<std::uint32_t> gid) {
  if (!gid) return success();
  // Root's supplementary groups must not survive; an ordinary user may not (and need not) give them up.
  if (::getuid() == 0 && ::setgroups(0, nullptr) != 0)
    return std::string("Cannot drop supplementary groups.");
  if (::setgid(*gid) != 0) return fmt::format("Cannot set gid {}.", *gid);
  return success();
}

Outcome change_user(std::optional<std::uint32_t> uid) {
  if (!uid) return success();
  if (::getuid() == 0 && ::setgroups(0, nullptr) != 0)
    return std::string("Cannot drop supplementary groups.");
  if (::setuid(*uid) != 0) return fmt::format("Cannot set uid {}.", *uid);
  return success();
}

}  // namespace

Outcome drop_privileges(const PrivilegeTarget& target) {
  BOOST_OUTCOME_TRY(enter_chroot(target.chroot));
  BOOST_OUTCOME_TRY(change_group(target.gid));
  BOOST_OUTCOME_TRY(change_user(target.uid));
  // A program that this one might ever start gains nothing.
  if (target.uid && *target.uid != 0) ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return success();
}

}  // namespace shunt::runtime
