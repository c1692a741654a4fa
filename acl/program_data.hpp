// What a Program holds: what was written, the pattern sets, and the code made of both. Nothing outside this
// room includes this.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "acl/code.hpp"
#include "acl/draft.hpp"
#include "acl/file_sets.hpp"
#include "acl/program.hpp"
#include "fetchers/lookup.hpp"

namespace shunt::acl {

struct ProgramData {
  fetchers::ExpressionPool pool;
  std::vector<Acl> acls;
  std::vector<Condition> conditions;
  std::vector<std::vector<Rule>> lists;
  PatternSlots slots;
  FileSets file_sets;                                            // those among them that came from files
  std::vector<std::unique_ptr<const fetchers::Lookup>> lookups;  // that arguments of the pool point at
  Optimisations optimisations;
  std::vector<PassText> passes;

  // Makes the code anew and publishes it; the old one stays readable until reclaim().
  void compile();
  void replace(const FileSets& fresh);
  void reclaim();
  [[nodiscard]] const Code& code() const { return *current_.load(std::memory_order_acquire); }

 private:
  [[nodiscard]] Draft draft() const;

  std::atomic<const Code*> current_ = nullptr;
  std::vector<std::unique_ptr<const Code>> codes_;
};

}  // namespace shunt::acl
