#include "sim/binance/book.hpp"

#include "sim/binance/endpoints.hpp"
#include "sim/binance/params.hpp"
#include "sim/binance/render.hpp"
#include "sim/hashing.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::size_t kUsualLevels = 100;
constexpr std::size_t kMostLevels = 5'000;

void append_side(std::string &out, const std::vector<Level> &levels) {
  out += '[';
  for (const Level &level : levels) {
    out += out.back() == '[' ? "[" : ",[";
    append_quoted(out, level.price);
    out += ',';
    append_quoted(out, level.quantity);
    out += ']';
  }
  out += ']';
}

/// Walks away from `price` in steps of one to four ticks.
std::vector<Level> make_side(const Instrument &instrument, std::int64_t price,
                             std::int64_t direction, std::uint64_t key, std::size_t levels) {
  std::vector<Level> side;
  side.reserve(levels);
  for (std::size_t i = 0; i < levels && price > 0; ++i) {
    const std::uint64_t h = hash_at(key, i);
    const auto steps = static_cast<std::int64_t>(1 + (h & 0xffff) * (h >> 16 & 0xff) / 256);
    side.push_back({price, steps * instrument.unit.step});
    price += direction * instrument.unit.tick * static_cast<std::int64_t>(1 + (h >> 24) % 4);
  }
  return side;
}

}  // namespace

bool last_candle(const Instrument &instrument, std::int64_t now_ms, Candle &candle) {
  const std::int64_t step = std::max(instrument.series->step_ms(), kMinuteMs);
  thread_local std::vector<Candle> rows;
  Window window{Grid(Interval{"", step}), -kNoTimeLimit, kNoTimeLimit, 1, true, now_ms};
  instrument.series->candles(window, rows);
  if (rows.empty()) return false;
  candle = rows.front();
  return true;
}

Book book_about(const Instrument &instrument, std::int64_t price, std::int64_t update_id,
                std::size_t levels) {
  Book book;
  book.update_id = update_id;
  const std::uint64_t key =
      hash_at(instrument.key ^ 0x626f6f6b, static_cast<std::uint64_t>(update_id));
  book.bids = make_side(instrument, price, -1, key, levels);
  book.asks = make_side(instrument, price + instrument.unit.tick, 1, ~key, levels);
  return book;
}

Book make_book(const Instrument &instrument, std::int64_t now_ms, std::size_t levels) {
  const std::int64_t update_id = now_ms / kBookUpdateMs;
  Candle last;
  if (instrument.trading() && last_candle(instrument, now_ms, last))
    return book_about(instrument, last.close, update_id, levels);
  Book book;
  book.update_id = update_id;
  return book;
}

Reply depth(const Context &context, Query &query) {
  const std::string symbol = take_symbol(query);
  const std::size_t limit = take_limit(query, kUsualLevels, kMostLevels);
  const auto status = take_status(query);
  query.finish();
  const Instrument &instrument = listed(context.listing, symbol);
  if (status && *status != instrument.status)
    refuse(-1220, "The symbol's status does not match the requested symbolStatus.");
  const Book book = make_book(instrument, context.now_ms(), limit);
  std::string out = "{\"lastUpdateId\":" + std::to_string(book.update_id) + ",\"bids\":";
  append_side(out, book.bids);
  out += ",\"asks\":";
  append_side(out, book.asks);
  out += '}';
  return make_reply(200, kJson, std::move(out));
}

}  // namespace tapedeck::sim::binance
