// An answer that is not HTTP 200, as the error the host acts on.
#pragma once

#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string_view>

namespace binance {

struct RefusedAnswer {
  int status = 0;                // HTTP
  std::string_view body;         // {"code":-1121,"msg":"Invalid symbol."}, or anything
  std::string_view retry_after;  // the header, seconds; empty: absent
};

// `doing` begins the text ("fetching klines of BTCUSDT 1m from https://..."). Codes and statuses
// are those of the vendor's errors.md and rest-api.md. Pure; `now_ms` is only read to turn the end
// of a ban and the start of the next minute into a waiting time.
tapedeck::Error refusal(std::string_view doing, const RefusedAnswer &answer, std::int64_t now_ms);

}  // namespace binance
