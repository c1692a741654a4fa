// Sets of truth values, numbers and addresses.
#include <algorithm>
#include <limits>
#include <utility>

#include "acl/interval_index.hpp"
#include "acl/set_kinds.hpp"

namespace shunt::acl {
namespace {

using fetchers::Sample;
using fetchers::SampleType;

// `found` and `bool` look at no pattern: their one answer is entry 0, even where the list is empty.
class TruthSet final : public PatternSet {
 public:
  TruthSet(PatternOptions options, std::vector<PatternText> entries)
      : PatternSet(options, std::move(entries)) {}

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    return options().method == MatchMethod::found || sample.integer != 0 ? 0 : no_entry;
  }
};

class NumberSet final : public PatternSet {
 public:
  NumberSet(PatternOptions options, ReadPatterns<NumberRange> patterns)
      : PatternSet(options, std::move(patterns.entries)), ranges_(std::move(patterns.values)) {
    if (!options.index) return;
    std::vector<Index::Interval> intervals;
    for (const NumberRange& range : ranges_)
      intervals.push_back(
          {.low = range.low, .high = range.high, .entry = static_cast<std::uint32_t>(intervals.size())});
    index_ = Index(std::move(intervals), std::numeric_limits<std::int64_t>::max());
  }

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    const auto value =
        options().method == MatchMethod::len ? static_cast<std::int64_t>(sample.text.size()) : sample.integer;
    return options().index ? index_.find(value) : first(value);
  }

 private:
  using Index = IntervalIndex<std::int64_t>;

  [[nodiscard]] std::uint32_t first(std::int64_t value) const {
    for (std::uint32_t i = 0; i < ranges_.size(); ++i)
      if (ranges_[i].low <= value && value <= ranges_[i].high) return i;
    return no_entry;
  }

  [[nodiscard]] std::size_t index_bytes() const override {
    return ranges_.size() * sizeof(NumberRange) + index_.bytes();
  }

  std::vector<NumberRange> ranges_;
  Index index_;
};

// HAProxy asks, in this order: the networks of the sample's own family, those of the other one through the
// embedded or mapped address, then the networks whose mask has holes. In the first two the longest prefix
// answers [seen].
class AddressSet final : public PatternSet {
 public:
  AddressSet(PatternOptions options, ReadPatterns<Network> patterns)
      : PatternSet(options, std::move(patterns.entries)), networks_(std::move(patterns.values)) {
    for (std::uint32_t i = 0; i < networks_.size(); ++i)
      if (networks_[i].prefix < 0) with_holes_.push_back(i);
    if (!options.index) return;
    index4_ = IntervalIndex<std::uint32_t>(intervals<std::uint32_t>(false), 0xffffffff);
    index6_ = IntervalIndex<Address128>(intervals<Address128>(true), ~Address128{0});
  }

  [[nodiscard]] std::uint32_t match(const Sample& sample) const override {
    const Address128 value = address_value(sample);
    if (sample.type == SampleType::ipv4) return match4(value);
    return sample.type == SampleType::ipv6 ? match6(value) : no_entry;
  }

 private:
  template <class Key>
  [[nodiscard]] std::vector<typename IntervalIndex<Key>::Interval> intervals(bool ipv6) const {
    std::vector<typename IntervalIndex<Key>::Interval> result;
    for (std::uint32_t i = 0; i < networks_.size(); ++i) {
      const Network& network = networks_[i];
      if (network.ipv6 != ipv6 || network.prefix < 0) continue;
      const auto low = static_cast<Key>(network.address);
      const auto high = static_cast<Key>(low | static_cast<Key>(~network.mask));
      result.push_back({low, high, rank(network), i});
    }
    return result;
  }

  // The lowest wins.
  [[nodiscard]] std::uint32_t rank(const Network& network) const {
    return options().by_order ? 0 : static_cast<std::uint32_t>(128 - network.prefix);
  }
  // no_entry is the greatest number.
  [[nodiscard]] std::uint32_t or_else(std::uint32_t entry, std::uint32_t next) const {
    return options().by_order ? std::min(entry, next) : entry == no_entry ? next : entry;
  }

  [[nodiscard]] std::uint32_t match4(Address128 value) const {
    const std::uint32_t entry = best(false, value);
    if (entry != no_entry && !options().by_order) return entry;
    return or_else(or_else(entry, best(true, mapped_ipv6(value))), first_with_holes(value));
  }

  [[nodiscard]] std::uint32_t match6(Address128 value) const {
    const std::uint32_t entry = best(true, value);
    const auto inner = embedded_ipv4(value);
    if ((entry != no_entry && !options().by_order) || !inner) return entry;
    return or_else(or_else(entry, best(false, *inner)), first_with_holes(*inner));
  }

  [[nodiscard]] std::uint32_t best(bool ipv6, Address128 value) const {
    if (options().index) return ipv6 ? index6_.find(value) : index4_.find(static_cast<std::uint32_t>(value));
    std::uint32_t found = no_entry;
    for (std::uint32_t i = 0; i < networks_.size(); ++i) {
      const Network& network = networks_[i];
      if (network.ipv6 != ipv6 || network.prefix < 0 || (value & network.mask) != network.address) continue;
      if (found == no_entry || rank(network) < rank(networks_[found])) found = i;
    }
    return found;
  }

  [[nodiscard]] std::uint32_t first_with_holes(Address128 value) const {
    for (const std::uint32_t i : with_holes_)
      if ((value & networks_[i].mask) == networks_[i].address) return i;
    return no_entry;
  }

  [[nodiscard]] std::size_t index_bytes() const override {
    return networks_.size() * sizeof(Network) + index4_.bytes() + index6_.bytes();
  }

  std::vector<Network> networks_;
  std::vector<std::uint32_t> with_holes_;
  IntervalIndex<std::uint32_t> index4_;
  IntervalIndex<Address128> index6_;
};

}  // namespace

SetPointer make_truth_set(PatternOptions options, std::vector<PatternText> entries) {
  return std::make_shared<TruthSet>(options, std::move(entries));
}

SetPointer make_number_set(PatternOptions options, ReadPatterns<NumberRange> patterns) {
  return std::make_shared<NumberSet>(options, std::move(patterns));
}

SetPointer make_address_set(PatternOptions options, ReadPatterns<Network> patterns) {
  return std::make_shared<AddressSet>(options, std::move(patterns));
}

}  // namespace shunt::acl
