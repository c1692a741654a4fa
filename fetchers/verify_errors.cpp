// The table of OpenSSL 3.0's <openssl/x509_vfy.h>; the numbers are part of its interface.
#include "fetchers/verify_errors.hpp"

#include <algorithm>
#include <array>

namespace shunt::fetchers {
namespace {

struct VerifyError {
  std::int64_t number;
  std::string_view name;
};

constexpr std::array errors = {
    VerifyError{0, "X509_V_OK"},
    VerifyError{1, "X509_V_ERR_UNSPECIFIED"},
    VerifyError{2, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT"},
    VerifyError{3, "X509_V_ERR_UNABLE_TO_GET_CRL"},
    VerifyError{4, "X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE"},
    VerifyError{5, "X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE"},
    VerifyError{6, "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"},
    VerifyError{7, "X509_V_ERR_CERT_SIGNATURE_FAILURE"},
    VerifyError{8, "X509_V_ERR_CRL_SIGNATURE_FAILURE"},
    VerifyError{9, "X509_V_ERR_CERT_NOT_YET_VALID"},
    VerifyError{10, "X509_V_ERR_CERT_HAS_EXPIRED"},
    VerifyError{11, "X509_V_ERR_CRL_NOT_YET_VALID"},
    VerifyError{12, "X509_V_ERR_CRL_HAS_EXPIRED"},
    VerifyError{13, "X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD"},
    VerifyError{14, "X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD"},
    VerifyError{15, "X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD"},
    VerifyError{16, "X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD"},
    VerifyError{17, "X509_V_ERR_OUT_OF_MEM"},
    VerifyError{18, "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"},
    VerifyError{19, "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"},
    VerifyError{20, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"},
    VerifyError{21, "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE"},
    VerifyError{22, "X509_V_ERR_CERT_CHAIN_TOO_LONG"},
    VerifyError{23, "X509_V_ERR_CERT_REVOKED"},
    VerifyError{24, "X509_V_ERR_NO_ISSUER_PUBLIC_KEY"},
    VerifyError{25, "X509_V_ERR_PATH_LENGTH_EXCEEDED"},
    VerifyError{26, "X509_V_ERR_INVALID_PURPOSE"},
    VerifyError{27, "X509_V_ERR_CERT_UNTRUSTED"},
    VerifyError{28, "X509_V_ERR_CERT_REJECTED"},
    VerifyError{29, "X509_V_ERR_SUBJECT_ISSUER_MISMATCH"},
    VerifyError{30, "X509_V_ERR_AKID_SKID_MISMATCH"},
    VerifyError{31, "X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH"},
    VerifyError{32, "X509_V_ERR_KEYUSAGE_NO_CERTSIGN"},
    VerifyError{33, "X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER"},
    VerifyError{34, "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION"},
    VerifyError{35, "X509_V_ERR_KEYUSAGE_NO_CRL_SIGN"},
    VerifyError{36, "X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION"},
    VerifyError{37, "X509_V_ERR_INVALID_NON_CA"},
    VerifyError{38, "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"},
    VerifyError{39, "X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE"},
    VerifyError{40, "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED"},
    VerifyError{41, "X509_V_ERR_INVALID_EXTENSION"},
    VerifyError{42, "X509_V_ERR_INVALID_POLICY_EXTENSION"},
    VerifyError{43, "X509_V_ERR_NO_EXPLICIT_POLICY"},
    VerifyError{44, "X509_V_ERR_DIFFERENT_CRL_SCOPE"},
    VerifyError{45, "X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE"},
    VerifyError{46, "X509_V_ERR_UNNESTED_RESOURCE"},
    VerifyError{47, "X509_V_ERR_PERMITTED_VIOLATION"},
    VerifyError{48, "X509_V_ERR_EXCLUDED_VIOLATION"},
    VerifyError{49, "X509_V_ERR_SUBTREE_MINMAX"},
    VerifyError{50, "X509_V_ERR_APPLICATION_VERIFICATION"},
    VerifyError{51, "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE"},
    VerifyError{52, "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX"},
    VerifyError{53, "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX"},
    VerifyError{54, "X509_V_ERR_CRL_PATH_VALIDATION_ERROR"},
    VerifyError{55, "X509_V_ERR_PATH_LOOP"},
    VerifyError{56, "X509_V_ERR_SUITE_B_INVALID_VERSION"},
    VerifyError{57, "X509_V_ERR_SUITE_B_INVALID_ALGORITHM"},
    VerifyError{58, "X509_V_ERR_SUITE_B_INVALID_CURVE"},
    VerifyError{59, "X509_V_ERR_SUITE_B_INVALID_SIGNATURE_ALGORITHM"},
    VerifyError{60, "X509_V_ERR_SUITE_B_LOS_NOT_ALLOWED"},
    VerifyError{61, "X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256"},
    VerifyError{62, "X509_V_ERR_HOSTNAME_MISMATCH"},
    VerifyError{63, "X509_V_ERR_EMAIL_MISMATCH"},
    VerifyError{64, "X509_V_ERR_IP_ADDRESS_MISMATCH"},
    VerifyError{65, "X509_V_ERR_DANE_NO_MATCH"},
    VerifyError{66, "X509_V_ERR_EE_KEY_TOO_SMALL"},
    VerifyError{67, "X509_V_ERR_CA_KEY_TOO_SMALL"},
    VerifyError{68, "X509_V_ERR_CA_MD_TOO_WEAK"},
    VerifyError{69, "X509_V_ERR_INVALID_CALL"},
    VerifyError{70, "X509_V_ERR_STORE_LOOKUP"},
    VerifyError{71, "X509_V_ERR_NO_VALID_SCTS"},
    VerifyError{72, "X509_V_ERR_PROXY_SUBJECT_NAME_VIOLATION"},
    VerifyError{73, "X509_V_ERR_OCSP_VERIFY_NEEDED"},
    VerifyError{74, "X509_V_ERR_OCSP_VERIFY_FAILED"},
    VerifyError{75, "X509_V_ERR_OCSP_CERT_UNKNOWN"},
    VerifyError{76, "X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM"},
    VerifyError{77, "X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH"},
    VerifyError{78, "X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY"},
    VerifyError{79, "X509_V_ERR_INVALID_CA"},
    VerifyError{80, "X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA"},
    VerifyError{81, "X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN"},
    VerifyError{82, "X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA"},
    VerifyError{83, "X509_V_ERR_ISSUER_NAME_EMPTY"},
    VerifyError{84, "X509_V_ERR_SUBJECT_NAME_EMPTY"},
    VerifyError{85, "X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER"},
    VerifyError{86, "X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER"},
    VerifyError{87, "X509_V_ERR_EMPTY_SUBJECT_ALT_NAME"},
    VerifyError{88, "X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL"},
    VerifyError{89, "X509_V_ERR_CA_BCONS_NOT_CRITICAL"},
    VerifyError{90, "X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL"},
    VerifyError{91, "X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL"},
    VerifyError{92, "X509_V_ERR_CA_CERT_MISSING_KEY_USAGE"},
    VerifyError{93, "X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3"},
    VerifyError{94, "X509_V_ERR_EC_KEY_EXPLICIT_PARAMS"},
};
static_assert(std::ranges::is_sorted(errors, {}, &VerifyError::number));
static_assert(errors.back().number + 1 == verify_error_count);

}  // namespace

std::string_view verify_error_name(std::int64_t number) {
  const auto* const found = std::ranges::lower_bound(errors, number, {}, &VerifyError::number);
  return found != errors.end() && found->number == number ? found->name : std::string_view();
}

std::optional<std::int64_t> verify_error_number(std::string_view name) {
  const auto* const found = std::ranges::find(errors, name, &VerifyError::name);
  return found != errors.end() ? std::optional(found->number) : std::nullopt;
}

}  // namespace shunt::fetchers
