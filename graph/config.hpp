// What the files say, typed but close to the text: values with the place they were written, names not yet
// resolved.
#pragma once
#include <deque>
#include <string>
#include <vector>

#include "fetchers/expression.hpp"
#include "graph/config/global.hpp"
#include "graph/config/proxy.hpp"
#include "graph/config/sections.hpp"
#include "graph/config/setting.hpp"
#include "graph/config/tables.hpp"
#include "graph/config/uses.hpp"
#include "parser/syntax.hpp"

namespace shunt::graph::config {

struct Config {
  parser::Syntax syntax;  // owns the words that trees and ACL lines point to
  Global global;
  std::deque<Proxy> proxies;  // defaults sections too, in the order of the files
  std::vector<Definition> definitions = {};
  std::vector<Use> uses = {};
  std::vector<CertificateShelf> shelves = {};
  std::vector<RingSection> rings = {};
  std::vector<StickTableLine> tables = {};  // in the order of the files
  std::deque<PeersSection> peers = {};
  std::deque<Proxy> asides = {};  // what sections that are no proxies hold of a proxy's lines: ACLs, checks
  std::vector<Text> guids = {};
  fetchers::ScriptNames scripts = {};
  std::deque<parser::Word> made_words = {};    // parts of words, for uses
  std::deque<std::string> made_texts = {};     // ... whose text stands in no file
  std::vector<parser::Span> fatal_lines = {};  // behind an error on one of them HAProxy reads no further
  bool binds_of_backends = false;              // there are bind lines that are ignored for where they stand
  std::vector<ResolversSection> resolvers = {};
};

// Prints the configuration back in canonical order and units; reading the result gives the same
// configuration.
[[nodiscard]] std::string dump(const Config& config, const parser::SourceSet& sources);

}  // namespace shunt::graph::config
