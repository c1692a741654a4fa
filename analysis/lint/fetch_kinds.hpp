// What fetches read: the client's TLS hello, its own bytes, its HTTP request, the TLS that a bind takes off.
#pragma once
#include "analysis/lint/model.hpp"

namespace shunt::analysis {

// Has a value only when the bytes are a whole TLS hello.
[[nodiscard]] bool needs_hello(const model::Sample& sample);
// Reads the TLS hello out of the bytes: the above and req.ssl_hello_type.
[[nodiscard]] bool reads_hello(const model::Sample& sample);
// Reads bytes that the client sends: hello, payload, HTTP.
[[nodiscard]] bool reads_bytes(const model::Sample& sample);
[[nodiscard]] bool reads_http(const model::Sample& sample);
// About the TLS connection that ends on the bind, without a value otherwise.
[[nodiscard]] bool reads_front_tls(const model::Sample& sample);
// A name of a host as clients say it: server name, Host header.
[[nodiscard]] bool is_host_name(const model::Sample& sample);

// Every sample that a rule reads: its condition's and its action's.
template <class Visit>
void for_each_sample(const model::Rule& rule, Visit visit) {
  for (const auto& all : rule.condition.alternatives)
    for (const model::Term& term : all)
      if (term.acl != nullptr)
        for (const model::Test& test : term.acl->tests) visit(test.sample, term.span);
  for (const model::Sample& sample : rule.samples) visit(sample, sample.span);
}

}  // namespace shunt::analysis
