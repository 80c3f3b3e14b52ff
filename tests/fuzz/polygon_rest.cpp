// libFuzzer: any bytes as a body of Polygon's REST API; the first byte chooses the endpoint. Nothing but
// TDK_BAD_DATA may come out, and what is accepted keeps the promises of parse.hpp.
#include "compare.hpp"
#include "parse.hpp"
#include "refusal.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::int64_t kStart = 1'714'564'800'000;

void require(bool promise) {
  if (!promise) std::abort();
}

void aggregates(std::string_view body, tdk_interval id, bool newest_first) {
  const polygon::AggregatesAsked asked{"fuzz", polygon::Market::Stocks, &polygon::find_interval(id), kStart - polygon::kDayMs,
                                       kStart + 30 * polygon::kDayMs, newest_first};
  const polygon::Aggregates page = polygon::parse_aggregates(body, asked);
  for (std::size_t i = 0; i < page.bars.size(); ++i) {
    const polygon::Bar &bar = page.bars[i];
    const kit::ExactCandle &c = bar.candle;
    require(bar.open_ms >= asked.from_ms && bar.open_ms < asked.to_ms && bar.open_ms % asked.interval->piece_ms == 0);
    if (i > 0) require(newest_first ? bar.open_ms < page.bars[i - 1].open_ms : bar.open_ms > page.bars[i - 1].open_ms);
    require(!polygon::less(c.open, c.low) && !polygon::less(c.close, c.low) && !polygon::less(c.high, c.open) &&
            !polygon::less(c.high, c.close) && c.low.mantissa >= 0);
  }
}

void parse(unsigned which, std::string_view body) {
  switch (which % 6) {
    case 0: return aggregates(body, {TDK_UNIT_MINUTE, 1}, false);
    case 1: return aggregates(body, {TDK_UNIT_MINUTE, 1}, true);
    case 2: return aggregates(body, {TDK_UNIT_DAY, 1}, false);
    case 3: return static_cast<void>(polygon::parse_snapshots(body));
    case 4: return static_cast<void>(polygon::parse_tickers(body));
    default: return require(polygon::refusal("fuzz", {429, body, body.substr(0, 8)}).retry_after_ms() > 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  try {
    parse(data[0], {reinterpret_cast<const char *>(data) + 1, size - 1});
  } catch (const tapedeck::Error &e) {
    // What the vendor refuses with HTTP 200 has the class of the refusal.
    require(e.code() == TDK_BAD_DATA || e.code() == TDK_NOT_FOUND || e.code() == TDK_PERMISSION_DENIED);
  }
  return 0;
}
