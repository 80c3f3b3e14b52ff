// libFuzzer: any bytes as an answer of OANDA's candles, of each price. Nothing but TDK_BAD_DATA may come
// out, and what is accepted ascends and has prices.
#include "parse.hpp"

#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  oanda::ParsedCandles out;
  for (const auto kind : {oanda::PriceKind::Mid, oanda::PriceKind::Bid, oanda::PriceKind::Ask}) {
    try {
      oanda::parse_candles(bytes, kind, out);
    } catch (const tapedeck::Error &e) {
      if (e.code() != TDK_BAD_DATA) std::abort();
      continue;
    }
    std::int64_t last = -1;
    for (const kit::ExactCandle &row : out.rows) {
      if (row.open_time <= last || row.low.mantissa <= 0 || row.volume->mantissa < 0) std::abort();
      last = row.open_time;
    }
  }
  return 0;
}
