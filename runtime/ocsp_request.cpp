// HTTP/1.0, so that answers come in one piece and end with their connection.
#include "runtime/ocsp_request.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include "fetchers/endpoint.hpp"

namespace shunt::runtime {
namespace {

constexpr std::size_t longest_get = 255;
constexpr std::uint16_t http_port = 80;

// What of base64 means something else in a path is escaped.
std::string in_path(std::string_view question) {
  std::string base64(4 * ((question.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                   reinterpret_cast<const unsigned char*>(question.data()),
                                   static_cast<int>(question.size()));
  base64.resize(static_cast<std::size_t>(size));
  std::string text;
  for (const char c : base64) {
    switch (c) {
      case '+': text += "%2B"; break;
      case '/': text += "%2F"; break;
      case '=': text += "%3D"; break;
      default: text += c;
    }
  }
  return text;
}

std::string host_of(const parser::Address& address) {
  if (!address.host.empty()) return address.host;
  const bool v6 = address.family == parser::AddressFamily::ipv6;
  return fetchers::to_string(
      {.family = v6 ? fetchers::Family::ipv6 : fetchers::Family::ipv4, .address = address.ip});
}

}  // namespace

HttpRequest ocsp_request(const HttpPlace& place, std::string_view question,
                         const std::optional<parser::Address>& proxy) {
  HttpRequest request{.host = place.host, .port = place.port, .bytes = {}};
  std::string target = proxy ? "http://" + place.authority + place.path : place.path;
  if (proxy) {
    request.host = host_of(*proxy);
    request.port = proxy->port_kind == parser::PortKind::absent ? http_port : proxy->port;
  }
  const std::string escaped = in_path(question);
  const bool plain = place.path.find('?') == std::string::npos;
  const bool post = !plain || place.path.size() + 1 + escaped.size() > longest_get;
  if (!post) target += (target.ends_with('/') ? "" : "/") + escaped;
  request.bytes = fmt::format("{} {} HTTP/1.0\r\nHost: {}\r\nUser-Agent: shunt\r\nConnection: close\r\n",
                              post ? "POST" : "GET", target, place.authority);
  if (post)
    request.bytes +=
        fmt::format("Content-Type: application/ocsp-request\r\nContent-Length: {}\r\n", question.size());
  request.bytes += "\r\n";
  if (post) request.bytes += question;
  return request;
}

}  // namespace shunt::runtime
