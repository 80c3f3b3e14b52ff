#include "sim/oanda/price_line.hpp"

#include "sim/decimal.hpp"

namespace tapedeck::sim::oanda {
namespace {

std::int64_t tick_of(int decimals) {
  std::int64_t tick = kUnit;
  while (decimals-- > 0) tick /= 10;
  return tick;
}

void append_level(std::string &out, std::int64_t price, int decimals, std::int64_t liquidity,
                  bool as_float) {
  out += "{\"price\":\"";
  append_price(out, price, decimals);
  out.append("\",\"liquidity\":").append(std::to_string(liquidity)).append(as_float ? ".0}" : "}");
}

/// The best price first or last: `step` leads away from it.
void append_ladder(std::string &out, std::string_view name, std::int64_t best, std::int64_t step,
                   int decimals, std::uint64_t random) {
  out.append("\"").append(name).append("\":[");
  const bool as_float = random % 16 == 3, deep = random % 4 == 1, best_last = random % 8 == 1;
  if (deep && best_last) {
    append_level(out, best + step, decimals, 10'000'000, as_float);
    out += ',';
    append_level(out, best, decimals, 500'000, as_float);
  } else {
    append_level(out, best, decimals, 1'000'000, as_float);
    if (deep) {
      out += ',';
      append_level(out, best + step, decimals, 10'000'000, as_float);
    }
  }
  out += "],";
}

void append_begin(std::string &out, const QuoteTick &tick, TimeForm form) {
  out.append("{\"type\":\"PRICE\",\"time\":\"").append(time_text(form, tick.time_ms)).append("\",");
}

void append_end(std::string &out, const Instrument &instrument, const QuoteTick &tick,
                bool tradeable) {
  const std::int64_t away = 15 * tick_of(instrument.decimals);
  out += "\"closeoutBid\":\"";
  append_price(out, tick.bid - away, instrument.decimals);
  out += "\",\"closeoutAsk\":\"";
  append_price(out, tick.ask + away, instrument.decimals);
  out += tradeable ? "\",\"status\":\"tradeable\",\"tradeable\":true,"
                   : "\",\"status\":\"non-tradeable\",\"tradeable\":false,";
  out.append("\"instrument\":\"").append(instrument.name).append("\"}");
}

}  // namespace

void append_price(std::string &out, std::int64_t mantissa, int decimals, bool more) {
  char text[48];
  char *end = write_decimal(text, mantissa);
  int drop = 8 - decimals;
  while (drop > 0 && !(more && end[-1] != '0')) {
    --end;
    --drop;
  }
  if (end[-1] == '.') --end;
  out.append(text, end);
}

void append_client_price(std::string &out, const Instrument &instrument, const QuoteTick &tick,
                         bool tradeable, TimeForm form, std::uint64_t random) {
  const std::int64_t step = tick_of(instrument.decimals);
  append_begin(out, tick, form);
  append_ladder(out, "bids", tick.bid, -step, instrument.decimals, random);
  append_ladder(out, "asks", tick.ask, step, instrument.decimals, random);
  append_end(out, instrument, tick, tradeable);
}

void append_empty_price(std::string &out, const Instrument &instrument, const QuoteTick &tick,
                        TimeForm form) {
  append_begin(out, tick, form);
  out += "\"bids\":[],\"asks\":[],";
  append_end(out, instrument, tick, true);
}

std::string heartbeat_line(std::int64_t now_ms, TimeForm form) {
  return "{\"type\":\"HEARTBEAT\",\"time\":\"" + time_text(form, now_ms) + "\"}";
}

}  // namespace tapedeck::sim::oanda
