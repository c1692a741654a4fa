// The table of the places' names, as HAProxy's list of fetches calls them.
#include "acl/place_names.hpp"

#include <algorithm>
#include <array>

namespace shunt::acl {
namespace {

using fetchers::Place;

struct PlaceRow {
  Place place;
  std::string_view name;
};
constexpr std::array rows{
    PlaceRow{Place::tcp_connection, "frontend tcp-request connection rule"},
    PlaceRow{Place::tcp_session, "frontend tcp-request session rule"},
    PlaceRow{Place::fe_tcp_content, "frontend tcp-request content rule"},
    PlaceRow{Place::fe_http_request, "frontend http-request header rule"},
    PlaceRow{Place::fe_set_backend, "frontend use-backend rule"},
    PlaceRow{Place::be_tcp_content, "backend tcp-request content rule"},
    PlaceRow{Place::be_http_request, "backend http-request header rule"},
    PlaceRow{Place::be_set_server, "backend use-server, balance or stick-match rule"},
    PlaceRow{Place::be_server_connect, "server source selection"},
    PlaceRow{Place::be_tcp_response, "backend tcp-response content rule"},
    PlaceRow{Place::be_http_response, "backend http-response header rule"},
    PlaceRow{Place::fe_http_response, "frontend http-response header rule"},
    PlaceRow{Place::fe_log_end, "logs"},
    PlaceRow{Place::be_check, "backend tcp-check rule"},
    PlaceRow{Place::config, "configuration parser"},
    PlaceRow{Place::cli, "CLI parser"},
};

}  // namespace

std::string_view place_name(Place place) {
  const auto* row = std::ranges::find(rows, place, &PlaceRow::place);
  return row == rows.end() ? "place" : row->name;
}

}  // namespace shunt::acl
