// What messages call the places where rules stand.
#pragma once
#include <string_view>

#include "fetchers/rows.hpp"

namespace shunt::acl {

[[nodiscard]] std::string_view place_name(fetchers::Place place);  // "frontend tcp-request content rule"

}  // namespace shunt::acl
