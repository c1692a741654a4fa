// One walk through a rule list, or the evaluation of one condition. Nothing outside this room includes this.
#pragma once
#include <array>
#include <optional>

#include "acl/program_data.hpp"

namespace shunt::acl {

// Remembers pure values and truths as long as it lives, so it lives no longer than nothing can change.
class Evaluator {
 public:
  Evaluator(const ProgramData& data, fetchers::Context& context)
      : data_(data), code_(data.code()), context_(context) {}

  [[nodiscard]] Truth condition(ConditionId id);
  [[nodiscard]] ListStep next(const FlatList& list, std::uint32_t from);
  [[nodiscard]] Truth term(AclId acl, bool negated);

 private:
  using Fetched = fetchers::Fetched;
  using Sample = fetchers::Sample;

  struct Value {
    Fetched fetched;
    Sample sample;
  };
  // Room without initial values: most evaluations use little of it.
  union Room {
    Room() {}
    Value value;
  };
  template <class Entry, std::size_t Size>
  struct Cache {
    // 0: free; otherwise the number plus one.
    std::array<std::uint32_t, Size> numbers = {};
    std::array<Entry, Size> entries;
  };

  [[nodiscard]] Truth condition(const FlatCondition& condition);
  [[nodiscard]] Truth acl(AclId id);
  [[nodiscard]] Truth any_test(const FlatRange& tests);
  [[nodiscard]] Truth test(const FlatTest& test);
  [[nodiscard]] Truth single_test(const FlatTest& test);
  [[nodiscard]] Truth settle(const Fetched& fetched) const;
  [[nodiscard]] Fetched fetch(fetchers::ExpressionId expression, fetchers::SampleType input, Sample& sample);
  const Value& shared_value(fetchers::ExpressionId expression, fetchers::SampleType input,
                            std::uint32_t number);
  [[nodiscard]] bool matches(const FlatTest& test, const Sample& sample) const;
  [[nodiscard]] std::optional<ListStep> climb(const FlatList& list, const Ladder& ladder, std::uint32_t from);
  [[nodiscard]] Truth guards(const Ladder& ladder);

  const ProgramData& data_;
  const Code& code_;
  fetchers::Context& context_;
  Cache<Room, 8> values_;
  Cache<Truth, 16> truths_;
};

}  // namespace shunt::acl
