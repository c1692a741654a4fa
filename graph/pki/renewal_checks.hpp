// Whether what stands in a changed file may take the place of what is served; and what will expire soon.
#pragma once
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// What speaks against it: it is not valid now, its chain is broken where the old one was whole, names or
// addresses that were covered are not any more, its OCSP response is of no use where there was one. Nothing:
// it may be taken.
[[nodiscard]] std::optional<std::string> objection(const Certificate& old, const Certificate& next,
                                                   std::time_t now);
// The first of it only.
[[nodiscard]] std::optional<std::string> time_objection(const Certificate& next, std::time_t now);
// They hold no authority that is valid now, or only lists of revocations that are out of date, where the old
// ones had better.
[[nodiscard]] std::optional<std::string> objection(const Authorities& old, const Authorities& next,
                                                   std::time_t now);

// The same objects: nothing to take over.
[[nodiscard]] bool same(const Certificate& a, const Certificate& b);
[[nodiscard]] bool same(const Authorities& a, const Authorities& b);

// Each link, beginning with the certificate itself, is issued by the next one, or the certificate by itself.
[[nodiscard]] bool chain_builds(const Certificate& certificate);
// "a.b" is covered by itself and by "*.b".
[[nodiscard]] bool covers(const std::vector<std::string>& names, const std::string& name);

// "0A1B2C", as it is usually shown.
[[nodiscard]] std::string serial_of(const Certificate& certificate);
[[nodiscard]] std::time_t expiry_of(const Certificate& certificate);
// "2026-11-22"
[[nodiscard]] std::string day(std::time_t time);

// A sentence when it has expired or will within two weeks (or a fifth of its whole time, if that is shorter).
[[nodiscard]] std::optional<std::string> expiry_warning(const Certificate& certificate, std::time_t now);

}  // namespace shunt::graph::pki
