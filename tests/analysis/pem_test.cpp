// Certificates cut out of files.
#include <gtest/gtest.h>

#include "analysis/pem.hpp"

namespace shunt::analysis {
namespace {

constexpr std::string_view frame_begin = "-----BEGIN CERTIFICATE-----\n";
constexpr std::string_view frame_end = "-----END CERTIFICATE-----\n";

TEST(Pem, TheFirstCertificateOfAFileIsMeant) {
  const std::string one = std::string(frame_begin) + "MAMC\r\nAQE=\n" + std::string(frame_end);
  const std::string other = std::string(frame_begin) + "MAA=\n" + std::string(frame_end);
  EXPECT_EQ(certificate_bytes("key and words\n" + one + other), "\x30\x03\x02\x01\x01");
}

TEST(Pem, BytesAreTakenAsTheyAre) { EXPECT_EQ(certificate_bytes("\x30\x01x"), "\x30\x01x"); }

TEST(Pem, OtherFilesHoldNone) {
  EXPECT_EQ(certificate_bytes(""), std::nullopt);
  EXPECT_EQ(certificate_bytes("hello"), std::nullopt);
  EXPECT_EQ(certificate_bytes(frame_begin), std::nullopt);
  EXPECT_EQ(certificate_bytes(std::string(frame_begin) + "M\n" + std::string(frame_end)), std::nullopt);
}

}  // namespace
}  // namespace shunt::analysis
