// How the files of patterns and maps are found.
#pragma once
#include "fetchers/rows.hpp"

namespace shunt::acl {

struct PatternFiles {
  int language = fetchers::newest_language;  // before 3.0 the prefixes opt@, virt@ and file@ mean nothing
  bool assume = false;                       // all files are taken to be there, and empty
};

}  // namespace shunt::acl
