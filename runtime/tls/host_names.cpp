// Patterns of host names.
#include "runtime/tls/host_names.hpp"

#include <algorithm>

#include "acl/fold.hpp"
#include "graph/pki/names.hpp"

namespace shunt::runtime {
namespace {

bool equal(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, acl::fold, acl::fold);
}

}  // namespace

bool host_matches(std::string_view pattern, std::string_view host) {
  if (equal(pattern, host)) return true;
  std::size_t const dot = pattern.find('.'), host_dot = host.find('.');
  if (dot == std::string_view::npos || host_dot == std::string_view::npos) return false;
  if (!equal(pattern.substr(dot), host.substr(host_dot))) return false;
  std::string_view const label = pattern.substr(0, dot), host_label = host.substr(0, host_dot);
  std::size_t const star = label.find('*');
  if (star == std::string_view::npos || host_label.size() + 1 < label.size()) return false;
  std::string_view const behind = label.substr(star + 1);
  return equal(label.substr(0, star), host_label.substr(0, star)) &&
         equal(behind, host_label.substr(host_label.size() - behind.size()));
}

bool made_out_for(X509* certificate, std::string_view host) {
  return std::ranges::any_of(graph::pki::host_names(certificate),
                             [host](std::string_view name) { return host_matches(name, host); });
}

}  // namespace shunt::runtime
