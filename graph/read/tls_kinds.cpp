// TLS files and lists as arguments: they are parsed on the spot, as HAProxy does.
#include <fmt/core.h>

#include <filesystem>

#include "graph/base_directory.hpp"
#include "graph/pki/file_checks.hpp"
#include "graph/read/process_kinds.hpp"
#include "graph/read/tls_settings.hpp"

namespace shunt::graph::kinds {
namespace {

using parser::Word;
using CheckText = std::optional<pki::LoadError> (*)(const std::string&);

// "@system-ca" and "@STORE/ALIAS" are no files.
std::string based(const config::Maybe<std::string>& base, std::string_view name) {
  return name.starts_with('@') ? std::string(name) : below(base, name);
}

bool is_given(Reading& reading, const Word& word) {
  if (!word.value.empty()) return true;
  reading.report(codes::missing_argument, word.span,
                 fmt::format("{} has an empty argument", reading.quoted()));
  return false;
}

template <class Check>
std::size_t checked(Reading& reading, const Word& word, const std::string& path, const codes::Code& code,
                    const Check& check) {
  if (!is_given(reading, word)) return 0;
  if (reading.state.assume_files) return 1;
  const auto fault = check(path);
  if (!fault) return 1;
  reading.report(code, word.span, fmt::format("{}: {}", reading.quoted(), fault->message));
  return 0;
}

std::optional<pki::LoadError> check_ciphers(const std::string& list) {
  return pki::check_settings(list, {}, {});
}
std::optional<pki::LoadError> check_suites(const std::string& list) {
  return pki::check_settings({}, list, {});
}
std::optional<pki::LoadError> check_curves(const std::string& list) {
  return pki::check_settings({}, {}, list);
}

}  // namespace

namespace {

template <class Loaded>
std::optional<pki::LoadError> fault_of(const Loaded& loaded) {
  return loaded ? std::nullopt : std::optional(loaded.error());
}

}  // namespace

std::size_t ca_file(Reading& reading, Words words, std::string_view) {
  return checked(
      reading, words[0], based(reading.global().ca_base, words[0].value), codes::bad_certificate,
      [&](const std::string& path) { return fault_of(reading.state.certificates.load_authorities(path)); });
}
std::size_t crl_file(Reading& reading, Words words, std::string_view) {
  return checked(reading, words[0], based(reading.global().ca_base, words[0].value), codes::bad_certificate,
                 [&](const std::string& path) {
                   return fault_of(reading.state.certificates.load_authorities(
                       path, "no list of revoked certificates can be read from"));
                 });
}
std::size_t certificate(Reading& reading, Words words, std::string_view) {
  return checked(reading, words[0], based(reading.global().crt_base, words[0].value), codes::bad_certificate,
                 [&](const std::string& path) {
                   const bool shelved =
                       path.starts_with('@') && reading.state.language() >= 300;  // linking looks
                   return shelved ? std::nullopt : certificates_of(reading).check(path);
                 });
}
std::size_t dh_file(Reading& reading, Words words, std::string_view) {
  return checked(reading, words[0], std::string(words[0].value), codes::bad_certificate,
                 [&](const std::string& path) { return reading.state.certificates.check_parameters(path); });
}
std::size_t ticket_keys(Reading& reading, Words words, std::string_view) {
  return checked(
      reading, words[0], std::string(words[0].value), codes::bad_certificate,
      [&](const std::string& path) { return fault_of(reading.state.certificates.ticket_keys(path)); });
}

// Lists and names are checked even where files are assumed.
namespace {
std::size_t known(Reading& reading, const Word& word, CheckText check) {
  const bool assumed = reading.state.assume_files;
  reading.state.assume_files = false;
  const std::size_t taken = checked(reading, word, std::string(word.value), codes::bad_tls_setting, check);
  reading.state.assume_files = assumed;
  return taken;
}
}  // namespace

std::size_t provider(Reading& reading, Words words, std::string_view) {
  const auto& path = reading.global().tls.provider_path;
  if (!is_given(reading, words[0])) return 0;
  const auto fault = pki::check_provider(std::string(words[0].value), path ? path->value : std::string());
  if (!fault) return 1;
  reading.report(codes::bad_tls_setting, words[0].span,
                 fmt::format("{}: {}", reading.quoted(), fault->message));
  return 0;
}
std::size_t property_query(Reading& reading, Words words, std::string_view) {
  return known(reading, words[0], pki::check_properties);
}
std::size_t ciphers(Reading& reading, Words words, std::string_view) {
  return known(reading, words[0], check_ciphers);
}
std::size_t ciphersuites(Reading& reading, Words words, std::string_view) {
  return known(reading, words[0], check_suites);
}
std::size_t curves(Reading& reading, Words words, std::string_view) {
  return known(reading, words[0], check_curves);
}
std::size_t signature_algorithms(Reading& reading, Words words, std::string_view) {
  return known(reading, words[0], pki::check_signature_algorithms);
}

}  // namespace shunt::graph::kinds
