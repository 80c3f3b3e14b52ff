// What a vendor's refusal means for its account.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/budget.hpp"

namespace tapedeck {

// Holds the account (may be NULL) as a 429, 418 or 503 asks by its Retry-After; 429 and 418 without one for
// a growing time. Returns how long (ns) nothing may be asked, 0 when that is not known. Threads: any.
std::int64_t hold_after_refusal(int status, std::string_view retry_after, const std::string &host, Account *account,
                                Clock &clock);

}  // namespace tapedeck
