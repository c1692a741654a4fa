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

constexpr std::array own_scopes = {VariableScope::session, VariableScope::transaction, VariableScope::request,
                                   VariableScope::response, VariableScope::check};

std::int64_t cost_of(std::size_t text) { return 80 + static_cast<std::int64_t>(text); }
bool fits(std::int64_t bytes, std::uint32_t limit) { return limit == 0 || bytes <= limit; }

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

// HAProxy counts 80 bytes for each variable besides its text [seen].
std::int64_t VariableStore::bytes_of(VariableRef ref) const {
  const auto found = std::ranges::find(entries_, ref, &Entry::ref);
  return found != entries_.end() && found->present ? cost_of(found->bytes.size()) : 0;
}

std::int64_t VariableStore::bytes_of(VariableScope scope) const {
  std::int64_t sum = 0;
  for (const Entry& entry : entries_)
    if (entry.present && entry.ref.scope == scope) sum += cost_of(entry.bytes.size());
  return sum;
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
  if (limits_.any()) {
    const std::int64_t before = store_.bytes_of(ref);
    const std::int64_t after = cost_of(holds_text(value.type) ? value.text.size() : 0);
    if (!account(after - before)) {
      static_cast<void>(account(-before));
      return store_.unset(ref);
    }
  }
  store_.set(ref, value);
}

void ProcessVariables::unset(VariableRef ref) {
  const std::lock_guard lock(mutex_);
  if (limits_.any()) static_cast<void>(account(-store_.bytes_of(ref)));
  store_.unset(ref);
}

// What all may take and what the process may take differ only in their limits.
bool ProcessVariables::account(std::int64_t bytes) {
  const std::int64_t used = used_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes <= 0 || (fits(used, limits_.all) && fits(used, limits_.process))) return true;
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

Variables::~Variables() {
  if (!limited()) return;
  for (const auto scope : own_scopes) static_cast<void>(process_->account(-own_.bytes_of(scope)));
}

bool Variables::get(VariableRef ref, Sample& out, Scratch& scratch) const {
  if (is_absent(ref)) return false;
  return is_shared(ref) ? process_->get(ref, out, scratch) : own_.get(ref, out);
}

// A value for which there is no room is not kept, and neither is the one before it.
void Variables::set(VariableRef ref, const Sample& value) {
  if (is_absent(ref)) return;
  if (is_shared(ref)) return process_->set(ref, value);
  if (limited()) {
    const std::int64_t before = own_.bytes_of(ref);
    const std::int64_t after = cost_of(holds_text(value.type) ? value.text.size() : 0);
    if (!account(ref.scope, after - before)) return unset(ref);
  }
  own_.set(ref, value);
}

void Variables::unset(VariableRef ref) {
  if (is_shared(ref)) return process_->unset(ref);
  if (limited()) static_cast<void>(process_->account(-own_.bytes_of(ref)));
  own_.unset(ref);
}

void Variables::clear(VariableScope scope) {
  if (limited()) static_cast<void>(process_->account(-own_.bytes_of(scope)));
  own_.clear(scope);
}

void Variables::enter_message(VariableScope request_or_response) {
  using enum VariableScope;
  absent_ = request_or_response == request ? response : request;
  clear(absent_);
}

// A scope's limit holds for the narrower ones within it, too.
bool Variables::account(VariableScope scope, std::int64_t bytes) {
  using enum VariableScope;
  const VariableLimits& limits = process_->limits();
  if (scope == check) {
    if (!fits(own_.bytes_of(check) + bytes, limits.check)) return false;
    return process_->account(bytes);
  }
  const std::int64_t narrow = own_.bytes_of(request) + own_.bytes_of(response);
  const std::int64_t transactions = narrow + own_.bytes_of(transaction);
  const std::int64_t sessions = transactions + own_.bytes_of(session);
  const bool is_narrow = scope == request || scope == response;
  if (bytes > 0 && ((is_narrow && !fits(own_.bytes_of(scope) + bytes, limits.request)) ||
                    (scope != session && !fits(transactions + bytes, limits.transaction)) ||
                    !fits(sessions + bytes, limits.session)))
    return false;
  return process_->account(bytes);
}

}  // namespace shunt::fetchers
