// Compares patterns method by method, then tests, ACLs and terms.
#include "analysis/lint/values.hpp"

#include <algorithm>
#include <array>

#include "acl/fold.hpp"
#include "acl/text_match.hpp"

namespace shunt::analysis::model {
namespace {

// Comparing two long lists with each other isn't worth its time.
constexpr std::size_t most_comparisons = 250'000;

bool has_letter(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return acl::fold(c) != c || (c >= 'a' && c <= 'z'); });
}

// `outer` ignores case, or `inner` is exact about it, or there is nothing to differ in.
bool case_fits(const PatternOf& outer, const PatternOf& inner) {
  return outer.test.ignore_case || !inner.test.ignore_case || !has_letter(inner.pattern.text);
}

bool text_covers(const PatternOf& outer, const PatternOf& inner) {
  if (!case_fits(outer, inner)) return false;
  const bool fold = outer.test.ignore_case;
  const std::string_view wide = outer.pattern.text, narrow = inner.pattern.text;
  const MatchMethod method = inner.test.method;
  const std::string folded = fold ? acl::folded(wide) : std::string();
  const auto found = [&](MatchMethod how) {
    return acl::text_matches(how, narrow, fold ? std::string_view(folded) : wide, fold);
  };
  switch (outer.test.method) {
    case MatchMethod::str: return method == MatchMethod::str && found(MatchMethod::str);
    case MatchMethod::beg:
      return (method == MatchMethod::str || method == MatchMethod::beg) && found(MatchMethod::beg);
    case MatchMethod::end:
      return (method == MatchMethod::str || method == MatchMethod::end) && found(MatchMethod::end);
    case MatchMethod::sub: return method != MatchMethod::reg && found(MatchMethod::sub);
    case MatchMethod::dir:
    case MatchMethod::dom:
      if (method == outer.test.method) return found(MatchMethod::str);
      return method == MatchMethod::str && found(outer.test.method);
    case MatchMethod::reg:
    case MatchMethod::bin: return method == outer.test.method && found(MatchMethod::str);
    default: return false;
  }
}

bool text_excludes(const PatternOf& one, const PatternOf& other) {
  const MatchMethod method = one.test.method;
  const std::string_view left = one.pattern.text, right = other.pattern.text;
  const auto found = [&](MatchMethod how, std::string_view in, std::string_view what) {
    return acl::text_matches(how, in, acl::folded(what), true);
  };
  if (other.test.method == MatchMethod::str && method != MatchMethod::reg && method != MatchMethod::bin)
    return !found(method, right, left);
  if (method != other.test.method) return false;
  if (method == MatchMethod::beg || method == MatchMethod::end)
    return !found(method, right, left) && !found(method, left, right);
  return false;
}

bool number_method(MatchMethod method) {
  return method == MatchMethod::integer || method == MatchMethod::len;
}

bool network_covers(const acl::Network& outer, const acl::Network& inner) {
  if (outer.ipv6 != inner.ipv6 || outer.prefix < 0 || inner.prefix < 0) return false;
  return outer.prefix <= inner.prefix && (inner.address & outer.mask) == outer.address;
}

// An IPv6 network can hold addresses that are IPv4 ones in disguise.
bool networks_apart(const acl::Network& one, const acl::Network& other) {
  if (one.ipv6 != other.ipv6 || one.prefix < 0 || other.prefix < 0) return false;
  return !network_covers(one, other) && !network_covers(other, one);
}

bool same_value(const Test& one, const Test& other) {
  return one.sample.key == other.sample.key && is_steady(one.sample) &&
         (one.method == MatchMethod::len) == (other.method == MatchMethod::len);
}

bool comparable(const Test& one, const Test& other) {
  return one.patterns.size() * other.patterns.size() <= most_comparisons;
}

// A header or a list can have several values, of which one may fit this and another that.
bool is_single(const Sample& sample) { return sample.row != nullptr && !sample.row->several; }

// `bool` and `found` look at no pattern.
bool is_plain(const Test& test) {
  return test.method == MatchMethod::boolean || test.method == MatchMethod::found;
}

bool is_constant(const Acl& acl, std::string_view fetch) {
  return acl.tests.size() == 1 && acl.tests[0].sample.fetch == fetch && acl.tests[0].patterns.empty();
}

}  // namespace

bool is_steady(const Sample& sample) {
  if (sample.row == nullptr || sample.row->purity != fetchers::Purity::pure) return false;
  constexpr std::array drawn{"rand", "date", "date_us", "uuid", "wait_end"};
  if (std::ranges::find(drawn, sample.fetch) != drawn.end()) return false;
  return std::ranges::all_of(sample.converters, [](const parser::Call& call) {
    const auto* row = fetchers::find_converter(call.name);
    return row != nullptr && row->purity == fetchers::Purity::pure;
  });
}

bool covers(const PatternOf& outer, const PatternOf& inner) {
  if (outer.test.method == MatchMethod::ip) {
    return inner.test.method == MatchMethod::ip && outer.pattern.network && inner.pattern.network &&
           network_covers(*outer.pattern.network, *inner.pattern.network);
  }
  if (number_method(outer.test.method)) {
    return number_method(inner.test.method) && outer.pattern.range.low <= inner.pattern.range.low &&
           inner.pattern.range.high <= outer.pattern.range.high;
  }
  if (inner.test.method == MatchMethod::ip || number_method(inner.test.method)) return false;
  return text_covers(outer, inner);
}

bool excludes(const PatternOf& one, const PatternOf& other) {
  if (one.test.method == MatchMethod::ip) {
    return other.test.method == MatchMethod::ip && one.pattern.network && other.pattern.network &&
           networks_apart(*one.pattern.network, *other.pattern.network);
  }
  if (number_method(one.test.method)) {
    return number_method(other.test.method) && (one.pattern.range.high < other.pattern.range.low ||
                                                other.pattern.range.high < one.pattern.range.low);
  }
  if (other.test.method == MatchMethod::ip || number_method(other.test.method)) return false;
  return text_excludes(one, other) || text_excludes(other, one);
}

bool covers(const Test& outer, const Test& inner) {
  if (!outer.exact || !inner.exact || !same_value(outer, inner)) return false;
  if (outer.method == MatchMethod::found) return true;
  if (is_plain(outer) || is_plain(inner)) return outer.method == inner.method;
  if (!comparable(outer, inner) || inner.patterns.empty()) return false;
  return std::ranges::all_of(inner.patterns, [&](const Pattern& narrow) {
    return std::ranges::any_of(outer.patterns, [&](const Pattern& wide) {
      return covers(PatternOf{outer, wide}, PatternOf{inner, narrow});
    });
  });
}

bool excludes(const Test& one, const Test& other) {
  if (!one.exact || !other.exact || !same_value(one, other) || !is_single(one.sample)) return false;
  if (is_plain(one) || is_plain(other) || one.patterns.empty() || other.patterns.empty()) return false;
  if (!comparable(one, other)) return false;
  return std::ranges::all_of(one.patterns, [&](const Pattern& left) {
    return std::ranges::all_of(other.patterns, [&](const Pattern& right) {
      return excludes(PatternOf{one, left}, PatternOf{other, right});
    });
  });
}

bool covers(const Acl& outer, const Acl& inner) {
  if (inner.tests.empty() || outer.tests.empty()) return false;
  if (is_always_true(outer) || is_always_false(inner)) return true;
  return std::ranges::all_of(inner.tests, [&](const Test& narrow) {
    return std::ranges::any_of(outer.tests, [&](const Test& wide) { return covers(wide, narrow); });
  });
}

bool excludes(const Acl& one, const Acl& other) {
  if (one.tests.empty() || other.tests.empty()) return false;
  if (is_always_false(one) || is_always_false(other)) return true;
  return std::ranges::all_of(one.tests, [&](const Test& left) {
    return std::ranges::all_of(other.tests, [&](const Test& right) { return excludes(left, right); });
  });
}

bool is_always_true(const Acl& acl) { return is_constant(acl, "always_true"); }
bool is_always_false(const Acl& acl) { return is_constant(acl, "always_false"); }

bool is_always_true(const Term& term) {
  return term.acl != nullptr && (term.negated ? is_always_false(*term.acl) : is_always_true(*term.acl));
}
bool is_always_false(const Term& term) {
  return term.acl != nullptr && (term.negated ? is_always_true(*term.acl) : is_always_false(*term.acl));
}

bool implies(const Term& inner, const Term& outer) {
  if (inner.acl == nullptr || outer.acl == nullptr) return false;
  const auto steady = [](const Acl& acl) {
    return std::ranges::all_of(acl.tests, [](const Test& test) { return is_steady(test.sample); });
  };
  if (inner.negated == outer.negated && inner.acl == outer.acl && steady(*inner.acl)) return true;
  if (!inner.negated && !outer.negated) return covers(*outer.acl, *inner.acl);
  if (inner.negated && outer.negated) return covers(*inner.acl, *outer.acl);
  return !inner.negated && outer.negated && excludes(*inner.acl, *outer.acl);
}

bool contradict(const Term& one, const Term& other) {
  if (one.acl == nullptr || other.acl == nullptr) return false;
  if (one.negated && other.negated) return false;
  if (one.negated != other.negated) {
    const Term positive{.negated = false, .acl = other.negated ? other.acl : one.acl};
    return implies(one.negated ? other : one, positive);
  }
  return excludes(*one.acl, *other.acl);
}

}  // namespace shunt::analysis::model
