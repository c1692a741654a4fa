// OCSP responses that were fetched while the process runs, as one thread has them: shown before what stands
// beside the certificate.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace shunt::graph::pki {
struct Certificate;  // graph/pki/certificate_store.hpp
}

namespace shunt::runtime {

using CertificatePtr = std::shared_ptr<const graph::pki::Certificate>;

struct StapledAnswer {
  std::string der;
  std::int64_t until = 0;  // seconds since 1970
};

// Used by its thread only; holds the certificates, so that their addresses stay theirs.
class StapledAnswers {
 public:
  // null: there is none any more.
  void put(const std::vector<CertificatePtr>& certificates,
           const std::shared_ptr<const StapledAnswer>& answer) {
    for (const CertificatePtr& certificate : certificates) {
      if (answer)
        answers_.insert_or_assign(certificate.get(), Kept{certificate, answer});
      else
        answers_.erase(certificate.get());
    }
  }
  // null: none that counts at that time.
  [[nodiscard]] const StapledAnswer* find(const graph::pki::Certificate* certificate,
                                          std::int64_t now) const {
    const auto found = answers_.find(certificate);
    return found != answers_.end() && found->second.answer->until >= now ? found->second.answer.get()
                                                                         : nullptr;
  }

 private:
  struct Kept {
    CertificatePtr certificate;
    std::shared_ptr<const StapledAnswer> answer;
  };
  std::unordered_map<const graph::pki::Certificate*, Kept> answers_;
};

}  // namespace shunt::runtime
