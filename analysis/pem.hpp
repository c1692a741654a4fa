// The first certificate of a PEM or DER file, as bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace shunt::analysis {

// Nothing: it is neither PEM with a certificate nor the begin of a DER structure. Whether it *is* a
// certificate is seen when it is read.
[[nodiscard]] std::optional<std::string> certificate_bytes(std::string_view file);

}  // namespace shunt::analysis
