// Modes by name, files by ca-base, ignored errors by number or name.
#include "graph/link/client_verification.hpp"

#include "fetchers/verify_names.hpp"
#include "graph/base_directory.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

VerifyClient mode_of(const config::Maybe<std::string>& verify) {
  if (!verify || verify->value == "none") return VerifyClient::none;
  return verify->value == "optional" ? VerifyClient::optional : VerifyClient::required;
}

// "@system-ca" is no file.
std::string authorities_path(const config::Global& global, const std::string& name) {
  return name.starts_with('@') ? name : below(global.ca_base, name);
}

std::size_t number_of(std::string_view text) {
  const auto named = fetchers::verify_result_number(text);
  return static_cast<std::size_t>(named.value_or(parser::leading_integer(text)));
}

ErrorSet errors_of(const config::Maybe<std::string>& list) {
  ErrorSet errors;
  if (!list) return errors;
  if (list->value == "all") return errors.set();
  std::string_view rest = list->value;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (const std::size_t number = number_of(rest.substr(0, comma)); number < errors.size())
      errors.set(number);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return errors;
}

}  // namespace

std::uint32_t load_authorities(Linking& linking, const config::Maybe<std::string>& file) {
  if (!file || linking.options.assume_files) return none;
  const auto loaded =
      linking.certificates.load_authorities(authorities_path(linking.config.global, file->value));
  if (loaded) return loaded.value();
  linking.report(codes::bad_certificate, file->span, loaded.error().message);
  return none;
}

ClientVerification client_verification(Linking& linking, const config::BindParameters& own) {
  return {.mode = mode_of(own.verify),
          .authorities = load_authorities(linking, own.ca_file),
          .more_authorities = load_authorities(linking, own.ca_verify_file),
          .revocations = load_authorities(linking, own.crl_file),
          .ignored_in_issuers = errors_of(own.ca_ignored),
          .ignored_in_certificate = errors_of(own.crt_ignored),
          .signature_algorithms = own.client_sigalgs
                                      ? own.client_sigalgs->value
                                      : value_or(linking.config.global.tls.client_sigalgs, std::string()),
          .announce = !value_or(own.no_ca_names, false)};
}

}  // namespace shunt::graph
