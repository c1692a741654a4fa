// What the fetch `acl()` runs: whether all the ACLs that it names hold.
#pragma once
#include <vector>

#include "acl/program.hpp"
#include "fetchers/lookup.hpp"

namespace shunt::acl {

struct ProgramData;

class AclLookup final : public fetchers::Lookup {
 public:
  void add(Term term) { terms_.push_back(term); }
  void forget() { terms_.clear(); }
  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }
  // The program that the ACLs are of; before the first answer.
  void attach(const ProgramData& program) { program_ = &program; }

  [[nodiscard]] fetchers::Fetched answer(fetchers::Context& context, fetchers::Arguments arguments,
                                         fetchers::Sample& sample) const override;

 private:
  const ProgramData* program_ = nullptr;
  std::vector<Term> terms_;
};

}  // namespace shunt::acl
