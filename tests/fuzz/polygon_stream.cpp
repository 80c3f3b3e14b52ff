// libFuzzer: any bytes as a frame of Polygon's WebSockets; the first byte chooses the market. Nothing but
// TDK_BAD_DATA may come out, and what is accepted keeps the promises of parse_stream.hpp.
#include "compare.hpp"
#include "parse_stream.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using Kind = polygon::StreamEvent::Kind;

void require(bool promise) {
  if (!promise) std::abort();
}

void check(const polygon::StreamEvent &event) {
  const auto amount = [](const std::optional<kit::Decimal> &d) { return !d || d->mantissa >= 0; };
  const auto side = [](const std::optional<kit::Decimal> &d) { return !d || d->mantissa > 0; };
  if (event.kind == Kind::Candle) {
    const kit::ExactCandle &c = event.candle;
    require(!polygon::less(c.open, c.low) && !polygon::less(c.close, c.low) && !polygon::less(c.high, c.open) &&
            !polygon::less(c.high, c.close) && c.low.mantissa >= 0 && amount(c.volume));
    require(c.open_time > 0 && c.open_time % (event.length_ms * 1'000'000) == 0);
  }
  if (event.kind == Kind::Trade) require(event.price && event.price->mantissa >= 0 && amount(event.size));
  if (event.kind == Kind::Quote) require(side(event.bid) && side(event.ask) && amount(event.bid_size) && amount(event.ask_size));
  if (event.kind == Kind::Trade || event.kind == Kind::Quote) require(event.time_ns > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  const auto market = static_cast<polygon::Market>(data[0] % polygon::kMarkets);
  const std::string_view frame(reinterpret_cast<const char *>(data) + 1, size - 1);
  try {
    polygon::parse_stream_frame(frame, market, check);
  } catch (const tapedeck::Error &e) {
    require(e.code() == TDK_BAD_DATA);
  }
  return 0;
}
