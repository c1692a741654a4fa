// Lowering functions of bind and server parameters that do more than store one value.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void read_bind_id(Reading& reading);
void read_certificate(Reading& reading);
void read_default_certificate(Reading& reading);
// crt_list.cpp
void read_crt_list(Reading& reading);
// The lines of the file as it is in the store now; false: reported.
[[nodiscard]] bool read_crt_list_again(ReadState& state, const config::Text& list,
                                       std::vector<config::BindCertificate>& into);
void read_bind_user(Reading& reading);
void read_bind_group(Reading& reading);
void set_no_strict_sni(Reading& reading);
void need_reverse_address(Reading& reading);  // nbconn

void read_check_address(Reading& reading);
void read_socks4(Reading& reading);
void read_server_id(Reading& reading);
void read_weight(Reading& reading);
void read_resolvers(Reading& reading);
void read_server_sslv3(Reading& reading);
void check_tlv_type(Reading& reading);
void refuse_usesrc(Reading& reading);

}  // namespace shunt::graph
