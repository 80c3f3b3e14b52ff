#include "sim/split.hpp"

#include "sim/hashing.hpp"

namespace tapedeck::sim {
namespace {

/// Where the path turns: the parts in which high and low are reached. The first part trades at the
/// open, the last one reaches the close.
struct Turns {
  std::size_t high, low;
};

struct Activity {
  std::array<std::uint32_t, kParts> weight{};  // 0: no trade in this part
  std::uint64_t total = 0;
  std::int64_t active = 0;
};

Turns choose_turns(std::uint64_t key) {
  const std::uint64_t h = hash_at(key, 1'000);
  const std::size_t high = 1 + h % (kParts - 2);
  const std::size_t low = 1 + (h >> 32) % (kParts - 3);
  return {high, low + (low >= high ? 1 : 0)};
}

bool is_turn(const Turns &turns, std::size_t part) {
  return part == turns.high || part == turns.low || part == kParts - 1;
}

/// Fewer trades than these cannot show open, high, low and close.
constexpr std::int64_t kTellingTrades = 4;

/// Whether a part trades in any case.
bool is_due(const Turns &turns, std::size_t part, std::int64_t trades) {
  return is_turn(turns, part) || (part == 0 && trades >= kTellingTrades);
}

/// Chooses the parts that trade: first part and turns always, the others more often the more trades
/// there are.
Activity choose_activity(std::int64_t trades, const Turns &turns, std::uint64_t key) {
  Activity activity;
  for (std::size_t k = 0; k < kParts; ++k) {
    const std::uint64_t h = hash_at(key, k);
    const bool lively = static_cast<std::int64_t>(h >> 8 & 255) * 90 < trades * 256;
    if (!lively && !is_due(turns, k, trades)) continue;
    activity.weight[k] = static_cast<std::uint32_t>(h & 255) + 1;
    ++activity.active;
  }
  for (std::size_t k = 0; k < kParts && activity.active > trades; ++k) {
    if (activity.weight[k] == 0 || is_due(turns, k, trades)) continue;
    activity.weight[k] = 0;
    --activity.active;
  }
  for (const std::uint32_t weight : activity.weight) activity.total += weight;
  return activity;
}

/// Running shares of trades and quantity steps; every active part gets a trade, every trade a step,
/// as far as there are enough.
class Shares {
 public:
  Shares(std::int64_t all_trades, Wide all_steps, const Activity &activity)
      : activity_(activity),
        sure_trades_(all_trades >= activity.active ? 1 : 0),
        free_trades_(all_trades - sure_trades_ * activity.active),
        sure_steps_(all_steps >= all_trades ? 1 : 0),
        free_steps_(all_steps - sure_steps_ * all_trades) {}

  void advance(std::size_t part) {
    if (activity_.weight[part] == 0) return;
    weight_ += activity_.weight[part];
    ++seen_;
    trades = sure_trades_ * seen_ + static_cast<std::int64_t>(portion(free_trades_));
    steps = sure_steps_ * trades + portion(free_steps_);
  }

  std::int64_t trades = 0;
  Wide steps = 0;

 private:
  Wide portion(Wide whole) const {
    return whole * static_cast<Wide>(weight_) / static_cast<Wide>(activity_.total);
  }

  const Activity &activity_;
  std::int64_t sure_trades_, free_trades_;
  Wide sure_steps_, free_steps_;
  std::uint64_t weight_ = 0;
  std::int64_t seen_ = 0;
};

/// The price path: straight between the turns with some noise, inside low..high, on ticks.
class Path {
 public:
  Path(const Candle &whole, const Turns &turns, std::int64_t tick, std::uint64_t key)
      : whole_(whole), turns_(turns), tick_(tick), key_(key) {}

  std::int64_t close_of(std::size_t part) const {
    if (part == turns_.high) return whole_.high;
    if (part == turns_.low) return whole_.low;
    if (part == kParts - 1) return whole_.close;
    if (part == 0) return whole_.open;
    return wander(static_cast<std::int64_t>(part));
  }

 private:
  struct Point {
    std::int64_t at, price;
  };

  std::int64_t wander(std::int64_t part) const {
    Point high{static_cast<std::int64_t>(turns_.high), whole_.high};
    Point low{static_cast<std::int64_t>(turns_.low), whole_.low};
    const Point first = high.at < low.at ? high : low;
    const Point second = high.at < low.at ? low : high;
    const Point start{-1, whole_.open};
    const Point finish{kParts - 1, whole_.close};
    const Point &from = part < first.at ? start : part < second.at ? first : second;
    const Point &to = part < first.at ? first : part < second.at ? second : finish;
    const std::int64_t straight =
        from.price + (to.price - from.price) / (to.at - from.at) * (part - from.at);
    const auto noise =
        static_cast<std::int64_t>(hash_at(key_, 2'000 + static_cast<std::uint64_t>(part)) % 65);
    const std::int64_t shaken = straight + (whole_.high - whole_.low) / 256 * (noise - 32);
    const std::int64_t inside = std::clamp(shaken, whole_.low, whole_.high);
    return whole_.low + (inside - whole_.low) / tick_ * tick_;
  }

  const Candle &whole_;
  Turns turns_;
  std::int64_t tick_;
  std::uint64_t key_;
};

/// Running sums of the four volumes after `steps` of the whole's quantity steps.
struct Volumes {
  Wide base = 0, quote = 0, taker = 0, taker_quote = 0;
};

Volumes volumes_after(const Candle &whole, Wide steps, Wide all_steps, std::int64_t step) {
  if (all_steps == 0) return {};
  return {steps * step, whole.quote_volume * steps / all_steps,
          whole.taker_volume / step * steps / all_steps * step,
          whole.taker_quote * steps / all_steps};
}

}  // namespace

void split_candle(const Candle &whole, std::int64_t length_ms, Granularity unit, std::uint64_t key,
                  Parts &parts) {
  const Turns turns = choose_turns(key);
  const Activity activity = choose_activity(whole.trades, turns, key);
  const Path path(whole, turns, unit.tick, key);
  const Wide all_steps = whole.volume / unit.step;
  Shares shares(whole.trades, all_steps, activity);
  Volumes before;
  std::int64_t price = whole.open;
  for (std::size_t k = 0; k < kParts; ++k) {
    const std::int64_t trades_before = shares.trades;
    shares.advance(k);
    const Volumes now = volumes_after(whole, shares.steps, all_steps, unit.step);
    const std::int64_t close = activity.weight[k] == 0 ? price : path.close_of(k);
    Candle &part = parts[k];
    part.open_time = whole.open_time + static_cast<std::int64_t>(k) * length_ms / kParts;
    part.open = price;
    part.close = close;
    part.high = std::max(price, close);
    part.low = std::min(price, close);
    part.trades = shares.trades - trades_before;
    part.volume = now.base - before.base;
    part.quote_volume = now.quote - before.quote;
    part.taker_volume = now.taker - before.taker;
    part.taker_quote = now.taker_quote - before.taker_quote;
    before = now;
    price = close;
  }
}

Candle so_far(const Candle &whole, std::int64_t length_ms, Granularity unit, std::uint64_t key,
              std::int64_t now) {
  if (now >= whole.open_time + length_ms || length_ms < kParts * 1'000) return whole;
  Parts parts;
  split_candle(whole, length_ms, unit, key, parts);
  Candle sum = parts[0];
  for (std::size_t k = 1; k < kParts && parts[k].open_time <= now; ++k) append(sum, parts[k]);
  return sum;
}

void append_trades(const Candle &part, std::int64_t length_ms, Granularity unit, std::uint64_t key,
                   std::int64_t first_id, std::vector<Trade> &out) {
  const Wide steps = part.volume / unit.step;
  Wide given = 0;
  for (std::int64_t j = 0; j < part.trades; ++j) {
    const bool last = j + 1 == part.trades;
    const Wide upto = steps * (j + 1) / part.trades;
    const std::int64_t ticks = (part.close - part.open) / unit.tick;
    Trade trade;
    trade.id = first_id + j;
    trade.time = part.open_time + j * length_ms / part.trades;
    trade.price = last ? part.close
                       : part.open + static_cast<std::int64_t>(static_cast<Wide>(ticks) * (j + 1) /
                                                               part.trades) *
                                         unit.tick;
    trade.quantity = static_cast<std::int64_t>((upto - given) * unit.step);
    trade.buyer_is_maker = (hash_at(key, 4'000 + static_cast<std::uint64_t>(trade.id)) & 1) != 0;
    given = upto;
    out.push_back(trade);
  }
}

}  // namespace tapedeck::sim
