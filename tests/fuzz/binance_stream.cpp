// libFuzzer: any bytes as a message of Binance's streams. Nothing but TDK_BAD_DATA may come out,
// and what is accepted keeps the promises of parse_stream.hpp.
#include "parse_stream.hpp"

#include <tapedeck/abi/market.h>
#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

using Kind = binance::StreamMessage::Kind;

void require(bool promise) {
  if (!promise) std::abort();
}

void check(const binance::StreamMessage &m, std::string_view bytes) {
  const auto side = [](std::int64_t v) { return v > 0 || v == TDK_NULL_I64; };
  const bool has_symbol = m.kind <= Kind::BookTicker;
  if (has_symbol)
    require(!m.symbol.empty() && m.symbol.data() >= bytes.data() &&
            m.symbol.data() + m.symbol.size() <= bytes.data() + bytes.size());
  if (m.kind == Kind::Trade || m.kind == Kind::AggTrade)
    require(m.trade.id >= 0 && m.trade.trades >= 1 && m.trade.time_ns >= 0 && m.trade.price > 0 &&
            m.trade.size >= 0);
  if (m.kind == Kind::BookTicker)
    require(m.book.update_id >= 0 && side(m.book.bid) && side(m.book.ask));
  if (m.kind == Kind::Kline)
    require(m.kline.low >= 0 && m.kline.low <= m.kline.open && m.kline.open <= m.kline.high &&
            m.kline.low <= m.kline.close && m.kline.close <= m.kline.high && m.kline.trades >= 0 &&
            binance::on_grid(*m.kline.interval, m.kline.open_time_ns / 1'000'000));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  binance::StreamMessage m{};
  try {
    binance::parse_stream_message(bytes, m);
  } catch (const tapedeck::Error &e) {
    require(e.code() == TDK_BAD_DATA);
    return 0;
  }
  check(m, bytes);
  return 0;
}
