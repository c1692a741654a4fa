// Looks for inspect-delay and content rules whose conditions need bytes.
#include "analysis/lint/waits.hpp"

#include <algorithm>

#include "analysis/lint/fetch_kinds.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

bool reads_any(const Rule& rule, bool (*kind)(const Sample&)) {
  bool found = false;
  for_each_sample(rule, [&](const Sample& sample, Span) { found = found || kind(sample); });
  return found;
}

bool ends_at_once(const Rule& rule) {
  return !rule.condition.given && (rule.action == "accept" || rule.action == "reject");
}

bool some_rule_waits(const Proxy& proxy, bool (*kind)(const Sample&)) {
  if (!has_delay(proxy)) return false;
  for (const Rule* rule : proxy.all_of(List::content)) {
    if (reads_any(*rule, kind)) return true;
    if (ends_at_once(*rule)) return false;
  }
  return false;
}

bool may_wait_for(const Sample& sample) { return reads_bytes(sample) || sample.fetch == "wait_end"; }

bool is_http_wait(const Sample& sample) {
  return reads_http(sample) || sample.fetch == "req.proto_http" || sample.fetch == "wait_end" ||
         sample.fetch == "req.len" || sample.fetch.starts_with("req.payload");
}

bool everywhere(const Model& model, const Proxy& proxy, bool (*kind)(const Sample&)) {
  if (some_rule_waits(proxy, kind)) return true;
  const auto& frontends = model.frontends_of[proxy.id];
  return !frontends.empty() && std::ranges::all_of(frontends, [&](std::uint32_t id) {
    return model.proxies[id].http() || some_rule_waits(model.proxies[id], kind);
  });
}

}  // namespace

bool has_delay(const Proxy& proxy) {
  const auto& delay = proxy.said->settings.inspect_delay;
  return delay && delay->value.count() > 0;
}

bool reads_client_bytes(const Rule& rule) { return reads_any(rule, reads_bytes); }

bool waits_for_bytes(const Proxy& proxy) { return some_rule_waits(proxy, may_wait_for); }

bool bytes_are_awaited(const Model& model, const Proxy& proxy) {
  return everywhere(model, proxy, may_wait_for);
}

bool http_is_awaited(const Model& model, const Proxy& proxy) {
  return everywhere(model, proxy, is_http_wait);
}

}  // namespace shunt::analysis
