#include "net/refusal.hpp"

#include "net/retry.hpp"

namespace tapedeck {

std::int64_t hold_after_refusal(int status, std::string_view retry_after, const std::string &host, Account *account,
                                Clock &clock) {
  if (status != 429 && status != 418 && status != 503) return 0;
  const std::string reason = "status " + std::to_string(status) + " from " + host;
  if (const auto asked = parse_retry_after(retry_after, clock.now_ns())) {
    if (account != nullptr) account->hold(*asked, reason);
    return *asked;
  }
  return status == 503 || account == nullptr ? 0 : account->hold_growing(reason);
}

}  // namespace tapedeck
