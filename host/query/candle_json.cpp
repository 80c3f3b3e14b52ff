#include "query/candle_json.hpp"

namespace tapedeck {

char *write_candle_json(char *p, const tdk_candle_batch &b, std::uint64_t i, TimeWriter &time) {
  p = time.write(write_literal(p, "{\"time\":\""), b.open_time[i]);
  p = write_decimal(write_literal(p, "\",\"open\":\""), b.open[i], b.price_exp);
  p = write_decimal(write_literal(p, "\",\"high\":\""), b.high[i], b.price_exp);
  p = write_decimal(write_literal(p, "\",\"low\":\""), b.low[i], b.price_exp);
  p = write_decimal(write_literal(p, "\",\"close\":\""), b.close[i], b.price_exp);
  if (!has_volume(b, i)) return write_literal(p, "\",\"volume\":null,\"source\":");
  p = write_decimal(write_literal(p, "\",\"volume\":\""), b.volume[i], b.volume_exp);
  return write_literal(p, "\",\"source\":");
}

}  // namespace tapedeck
