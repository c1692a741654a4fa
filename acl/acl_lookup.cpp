// Evaluates ACLs for a sample expression.
#include "acl/acl_lookup.hpp"

#include "acl/evaluator.hpp"

namespace shunt::acl {

// Read like a condition: left to right, up to the first ACL that does not hold.
fetchers::Fetched AclLookup::answer(fetchers::Context& context, fetchers::Arguments,
                                    fetchers::Sample& sample) const {
  Evaluator evaluator(*program_, context);
  Truth truth = Truth::yes;
  for (std::size_t i = 0; i < terms_.size() && truth == Truth::yes; ++i)
    truth = evaluator.term(terms_[i].acl, terms_[i].negated);
  sample.set_boolean(truth == Truth::yes);
  return {.found = true, .may_change = truth == Truth::unknown};
}

}  // namespace shunt::acl
