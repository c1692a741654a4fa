// Names and values of variables.
#include "fetchers/variables.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

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

// Nothing here has a parent stream, so its variables are those of the stream itself.
constexpr bool is_parent(std::string_view scope) {
  return scope == "psess" || scope == "ptxn" || scope == "preq" || scope == "pres";
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

std::optional<VariableRef> parse_variable(std::string_view text, VariableNames& names, std::string& error,
                                          int language) {
  const std::size_t dot = text.find('.');
  std::string_view scope = text.substr(0, dot == std::string_view::npos ? 0 : dot);
  if (is_parent(scope) && language >= 301) scope.remove_prefix(1);
  const auto found = std::ranges::find(scope_names, scope, &ScopeName::name);
  if (found == scope_names.end()) {
    error = "'" + std::string(text) +
            "' is no variable: its name begins with a scope and a dot, as in 'txn.name'; the scopes are "
            "'proc', 'sess', 'txn', 'req', 'res' and 'check'";
    return std::nullopt;
  }
  const std::string_view name = text.substr(dot + 1);
  if (name.empty() || !std::ranges::all_of(name, is_name_character)) {
    error = name.empty()
                ? "'" + std::string(text) + "' lacks the name of the variable behind the scope"
                : "'" + std::string(text) + "' is no variable: names have letters, digits, '_' and '.' only";
    return std::nullopt;
  }
  return VariableRef{found->scope, names.intern(name)};
}

VariableStore::Entry* VariableStore::find(VariableRef ref) {
  const auto found = std::ranges::find(entries_, ref, &Entry::ref);
  return found != entries_.end() ? &*found : nullptr;
}

bool VariableStore::get(VariableRef ref, Sample& out) const {
  const auto found = std::ranges::find(entries_, ref, &Entry::ref);
  if (found == entries_.end() || !found->present) return false;
  out = found->value;
  if (holds_text(out.type)) out.text = found->bytes;
  return true;
}

void VariableStore::set(VariableRef ref, const Sample& value) {
  // `value` may be this very entry.
  std::string bytes(holds_text(value.type) ? value.text : std::string_view{});
  Entry* found = find(ref);
  if (found == nullptr) found = &entries_.emplace_front(Entry{.ref = ref});
  found->value = value;
  found->value.text = {};
  found->bytes = std::move(bytes);
  found->present = true;
}

void VariableStore::unset(VariableRef ref) {
  if (Entry* found = find(ref)) found->present = false;
}

void VariableStore::clear(VariableScope scope) {
  for (Entry& entry : entries_)
    if (entry.ref.scope == scope) entry.present = false;
}

// Another thread may set it anew as soon as the lock is gone, so its bytes are copied.
bool ProcessVariables::get(VariableRef ref, Sample& out, Scratch& scratch) const {
  const std::shared_lock lock(mutex_);
  if (!store_.get(ref, out)) return false;
  if (holds_text(out.type)) out.text = scratch.copy(out.text);
  return true;
}

void ProcessVariables::set(VariableRef ref, const Sample& value) {
  const std::lock_guard lock(mutex_);
  store_.set(ref, value);
}

void ProcessVariables::unset(VariableRef ref) {
  const std::lock_guard lock(mutex_);
  store_.unset(ref);
}

bool Variables::get(VariableRef ref, Sample& out, Scratch& scratch) const {
  return is_shared(ref) ? process_->get(ref, out, scratch) : own_.get(ref, out);
}

void Variables::set(VariableRef ref, const Sample& value) {
  if (is_shared(ref))
    process_->set(ref, value);
  else
    own_.set(ref, value);
}

void Variables::unset(VariableRef ref) {
  if (is_shared(ref))
    process_->unset(ref);
  else
    own_.unset(ref);
}

}  // namespace shunt::fetchers
