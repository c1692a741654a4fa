// Grammar of the port part of an address: a port, a range, an offset (rules only).
#pragma once
#include <tao/pegtl.hpp>

namespace shunt::parser::grammar::address {

using namespace tao::pegtl;

struct number : star<digit> {};
struct first_port : plus<digit> {};
struct last_port : number {};
struct range : seq<one<'-'>, last_port> {};
struct plus_sign : one<'+'> {};
struct minus_sign : one<'-'> {};
struct offset_port : number {};
struct offset : seq<sor<plus_sign, minus_sign>, offset_port> {};
struct port : sor<offset, seq<first_port, opt<range>>> {};

}  // namespace shunt::parser::grammar::address
