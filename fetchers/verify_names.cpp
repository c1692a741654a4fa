// The table of OpenSSL 3's results of verifying a certificate (its manual, X509_STORE_CTX_get_error(3)).
#include "fetchers/verify_names.hpp"

#include <algorithm>
#include <array>

namespace shunt::fetchers {
namespace {

struct Result {
  std::int64_t number;
  std::string_view name;
};
constexpr std::array results = {
    Result{0, "X509_V_OK"},
    Result{1, "X509_V_ERR_UNSPECIFIED"},
    Result{2, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT"},
    Result{3, "X509_V_ERR_UNABLE_TO_GET_CRL"},
    Result{4, "X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE"},
    Result{5, "X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE"},
    Result{6, "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"},
    Result{7, "X509_V_ERR_CERT_SIGNATURE_FAILURE"},
    Result{8, "X509_V_ERR_CRL_SIGNATURE_FAILURE"},
    Result{9, "X509_V_ERR_CERT_NOT_YET_VALID"},
    Result{10, "X509_V_ERR_CERT_HAS_EXPIRED"},
    Result{11, "X509_V_ERR_CRL_NOT_YET_VALID"},
    Result{12, "X509_V_ERR_CRL_HAS_EXPIRED"},
    Result{13, "X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD"},
    Result{14, "X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD"},
    Result{15, "X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD"},
    Result{16, "X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD"},
    Result{17, "X509_V_ERR_OUT_OF_MEM"},
    Result{18, "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"},
    Result{19, "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"},
    Result{20, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"},
    Result{21, "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE"},
    Result{22, "X509_V_ERR_CERT_CHAIN_TOO_LONG"},
    Result{23, "X509_V_ERR_CERT_REVOKED"},
    Result{24, "X509_V_ERR_NO_ISSUER_PUBLIC_KEY"},
    Result{25, "X509_V_ERR_PATH_LENGTH_EXCEEDED"},
    Result{26, "X509_V_ERR_INVALID_PURPOSE"},
    Result{27, "X509_V_ERR_CERT_UNTRUSTED"},
    Result{28, "X509_V_ERR_CERT_REJECTED"},
    Result{29, "X509_V_ERR_SUBJECT_ISSUER_MISMATCH"},
    Result{30, "X509_V_ERR_AKID_SKID_MISMATCH"},
    Result{31, "X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH"},
    Result{32, "X509_V_ERR_KEYUSAGE_NO_CERTSIGN"},
    Result{33, "X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER"},
    Result{34, "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION"},
    Result{35, "X509_V_ERR_KEYUSAGE_NO_CRL_SIGN"},
    Result{36, "X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION"},
    Result{37, "X509_V_ERR_INVALID_NON_CA"},
    Result{38, "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"},
    Result{39, "X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE"},
    Result{40, "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED"},
    Result{41, "X509_V_ERR_INVALID_EXTENSION"},
    Result{42, "X509_V_ERR_INVALID_POLICY_EXTENSION"},
    Result{43, "X509_V_ERR_NO_EXPLICIT_POLICY"},
    Result{44, "X509_V_ERR_DIFFERENT_CRL_SCOPE"},
    Result{45, "X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE"},
    Result{46, "X509_V_ERR_UNNESTED_RESOURCE"},
    Result{47, "X509_V_ERR_PERMITTED_VIOLATION"},
    Result{48, "X509_V_ERR_EXCLUDED_VIOLATION"},
    Result{49, "X509_V_ERR_SUBTREE_MINMAX"},
    Result{50, "X509_V_ERR_APPLICATION_VERIFICATION"},
    Result{51, "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE"},
    Result{52, "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX"},
    Result{53, "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX"},
    Result{54, "X509_V_ERR_CRL_PATH_VALIDATION_ERROR"},
    Result{55, "X509_V_ERR_PATH_LOOP"},
    Result{56, "X509_V_ERR_SUITE_B_INVALID_VERSION"},
    Result{57, "X509_V_ERR_SUITE_B_INVALID_ALGORITHM"},
    Result{58, "X509_V_ERR_SUITE_B_INVALID_CURVE"},
    Result{59, "X509_V_ERR_SUITE_B_INVALID_SIGNATURE_ALGORITHM"},
    Result{60, "X509_V_ERR_SUITE_B_LOS_NOT_ALLOWED"},
    Result{61, "X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256"},
    Result{62, "X509_V_ERR_HOSTNAME_MISMATCH"},
    Result{63, "X509_V_ERR_EMAIL_MISMATCH"},
    Result{64, "X509_V_ERR_IP_ADDRESS_MISMATCH"},
    Result{65, "X509_V_ERR_DANE_NO_MATCH"},
    Result{66, "X509_V_ERR_EE_KEY_TOO_SMALL"},
    Result{67, "X509_V_ERR_CA_KEY_TOO_SMALL"},
    Result{68, "X509_V_ERR_CA_MD_TOO_WEAK"},
    Result{69, "X509_V_ERR_INVALID_CALL"},
    Result{70, "X509_V_ERR_STORE_LOOKUP"},
    Result{71, "X509_V_ERR_NO_VALID_SCTS"},
    Result{72, "X509_V_ERR_PROXY_SUBJECT_NAME_VIOLATION"},
    Result{73, "X509_V_ERR_OCSP_VERIFY_NEEDED"},
    Result{74, "X509_V_ERR_OCSP_VERIFY_FAILED"},
    Result{75, "X509_V_ERR_OCSP_CERT_UNKNOWN"},
    Result{76, "X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM"},
    Result{77, "X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH"},
    Result{78, "X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY"},
    Result{79, "X509_V_ERR_INVALID_CA"},
    Result{80, "X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA"},
    Result{81, "X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN"},
    Result{82, "X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA"},
    Result{83, "X509_V_ERR_ISSUER_NAME_EMPTY"},
    Result{84, "X509_V_ERR_SUBJECT_NAME_EMPTY"},
    Result{85, "X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER"},
    Result{86, "X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER"},
    Result{87, "X509_V_ERR_EMPTY_SUBJECT_ALT_NAME"},
    Result{88, "X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL"},
    Result{89, "X509_V_ERR_CA_BCONS_NOT_CRITICAL"},
    Result{90, "X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL"},
    Result{91, "X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL"},
    Result{92, "X509_V_ERR_CA_CERT_MISSING_KEY_USAGE"},
    Result{93, "X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3"},
    Result{94, "X509_V_ERR_EC_KEY_EXPLICIT_PARAMS"},
};

}  // namespace

std::string_view verify_result_name(std::int64_t number) {
  const auto* found = std::ranges::find(results, number, &Result::number);
  return found == results.end() ? std::string_view{} : found->name;
}

std::optional<std::int64_t> verify_result_number(std::string_view name) {
  const auto* found = std::ranges::find(results, name, &Result::name);
  return found == results.end() ? std::nullopt : std::optional(found->number);
}

}  // namespace shunt::fetchers
