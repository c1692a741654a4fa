// Names and values of variables.
#include "fetchers/variables.hpp"

#include <algorithm>
#include <array>

namespace shunt::fetchers {
namespace {

struct ScopeName {
  std::string_view name;
  VariableScope scope;
};
constexpr std::array scope_names = {
    ScopeName{"proc", VariableScope::process},    ScopeName{"sess", VariableScope::session},
    ScopeName{"txn", VariableScope::transaction}, ScopeName{"req", VariableScope::request},
    ScopeName{"res", VariableScope::response},    ScopeName{"check", VariableScope::check},
};

constexpr bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool holds_text(SampleType type) {
  return type == SampleType::str || type == SampleType::bin || type == SampleType::method;
}

}  // namespace

std::uint32_t VariableNames::intern(std::string_view name) {
  const auto found = ids_.find(name);
  if (found != ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(name, id);
  return id;
}

std::optional<VariableRef> parse_variable(std::string_view text, VariableNames& names, std::string& error) {
  const std::size_t dot = text.find('.');
  const std::string_view scope = text.substr(0, dot == std::string_view::npos ? 0 : dot);
  const auto found = std::ranges::find(scope_names, scope, &ScopeName::name);
  if (found == scope_names.end()) {
    error = "invalid variable name '" + std::string(text) +
            "'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req', "
            "'res' or 'check'";
    return std::nullopt;
  }
  const std::string_view name = text.substr(dot + 1);
  if (name.empty() || !std::ranges::all_of(name, is_name_character)) {
    error = "invalid syntax at char '" + std::string(name.substr(0, 1)) + "' in variable name '" +
            std::string(text) + "'";
    return std::nullopt;
  }
  return VariableRef{found->scope, names.intern(name)};
}

const Variables::Entry* Variables::find(VariableRef ref) const {
  if (ref.scope == VariableScope::process && process_ != nullptr) return process_->find_own(ref);
  return find_own(ref);
}

const Variables::Entry* Variables::find_own(VariableRef ref) const {
  const auto found = std::ranges::find(entries_, ref, &Entry::ref);
  return found != entries_.end() ? &*found : nullptr;
}

bool Variables::get(VariableRef ref, Sample& out) const {
  const Entry* entry = find(ref);
  if (entry == nullptr || !entry->present) return false;
  out = entry->value;
  if (holds_text(out.type)) out.text = entry->bytes;
  return true;
}

void Variables::set(VariableRef ref, const Sample& value) {
  Variables& owner = ref.scope == VariableScope::process && process_ != nullptr ? *process_ : *this;
  const std::string bytes(holds_text(value.type) ? value.text
                                                 : std::string_view{});  // `value` may be this very entry
  auto found = std::ranges::find(owner.entries_, ref, &Entry::ref);
  if (found == owner.entries_.end())
    found = owner.entries_.insert(owner.entries_.end(), Entry{ref, {}, {}, true});
  found->value = value;
  found->value.text = {};
  found->bytes = bytes;
  found->present = true;
}

void Variables::unset(VariableRef ref) {
  Variables& owner = ref.scope == VariableScope::process && process_ != nullptr ? *process_ : *this;
  const auto found = std::ranges::find(owner.entries_, ref, &Entry::ref);
  if (found != owner.entries_.end()) found->present = false;
}

void Variables::clear(VariableScope scope) {
  for (Entry& entry : entries_)
    if (entry.ref.scope == scope) entry.present = false;
}

}  // namespace shunt::fetchers
