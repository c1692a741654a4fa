// Checks of arguments that one fetch or converter, or a few of them, make when a file is read.
#pragma once
#include <span>
#include <string>

#include "fetchers/rows.hpp"

namespace shunt::fetchers {

using ArgumentValues = std::span<ArgumentValue>;

// ---- of fetches
[[nodiscard]] bool check_block(ArgumentValues arguments, ArgumentCheck& check);    // internal.htx_blk.*
[[nodiscard]] bool check_capture(ArgumentValues arguments, ArgumentCheck& check);  // capture.req.hdr
[[nodiscard]] bool check_distcc(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_dn(ArgumentValues arguments, ArgumentCheck& check);          // ssl_c_s_dn
[[nodiscard]] bool check_no_unit(ArgumentValues arguments, ArgumentCheck& check);     // fc_lost
[[nodiscard]] bool check_occurrence(ArgumentValues arguments, ArgumentCheck& check);  // req.hdr
[[nodiscard]] bool check_query(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_rtt(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_tlv(ArgumentValues arguments, ArgumentCheck& check);   // fc_pp_tlv
[[nodiscard]] bool check_unit(ArgumentValues arguments, ArgumentCheck& check);  // accept_date
[[nodiscard]] bool check_uuid(ArgumentValues arguments, ArgumentCheck& check);

// ---- of converters
[[nodiscard]] bool check_add_item(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_be2dec(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_be2hex(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_fix_tag_value(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_has_ctl(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_http_date(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_json(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_json_query(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_mqtt_field_value(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_protobuf(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_regsub(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_url_enc(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_when(ArgumentValues arguments, ArgumentCheck& check);

// ---- of digests, ciphers and tokens
[[nodiscard]] bool check_aes_cbc(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_aes_gcm(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_digest(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_hmac(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_jwk(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_jwt_query(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_jwt_verify(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_jwt_verify_cert(ArgumentValues arguments, ArgumentCheck& check);
[[nodiscard]] bool check_secret(ArgumentValues arguments, ArgumentCheck& check);  // jwt_decrypt_secret
[[nodiscard]] bool check_sha2(ArgumentValues arguments, ArgumentCheck& check);

// Whether libcrypto knows a digest of that name (fetchers/crypto.cpp).
[[nodiscard]] bool is_digest(const std::string& name);

// Whether the text is a variable's name, or Base64 in whole groups of four.
[[nodiscard]] bool is_variable(const std::string& text, ArgumentCheck& check);
[[nodiscard]] bool is_base64(std::string_view text);

}  // namespace shunt::fetchers
