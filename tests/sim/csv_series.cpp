#include "sim/csv_series.hpp"

#include <algorithm>

#include "sim/hashing.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

/// No candle is longer, so the first one of any grid opens less than this before the first row.
constexpr std::int64_t kLongestCandle = 62 * kDayMs;

constexpr std::int64_t kTradesPerRow = 24;
constexpr std::uint64_t kTradesJitter = 20;

bool finer(const Grid &grid, std::int64_t step) {
  return !grid.interval().is_month() && grid.interval().length_ms < step;
}

/// Largest power of ten, up to one unit, that divides every value of every column.
std::int64_t common_step(std::initializer_list<const std::vector<std::int64_t> *> columns) {
  std::int64_t step = kUnit;
  for (const auto *column : columns)
    for (const std::int64_t value : *column)
      while (value % step != 0) step /= 10;
  return step;
}

}  // namespace

CsvSeries::CsvSeries(std::uint64_t key, CsvTable table, std::int64_t step_ms)
    : key_(key), table_(std::move(table)), step_(step_ms) {
  unit_.tick = common_step({&table_.open, &table_.high, &table_.low, &table_.close});
  unit_.step = common_step({&table_.volume});
}

std::int64_t CsvSeries::trade_offset(std::size_t index) const {
  return static_cast<std::int64_t>(index) * kTradesPerRow +
         static_cast<std::int64_t>(hash_at(key_, index) % kTradesJitter);
}

std::uint64_t CsvSeries::split_key(std::size_t index) const {
  return hash_at(key_ ^ 0x73706c69, index);
}

Candle CsvSeries::row(std::size_t i) const {
  Candle candle;
  candle.open_time = table_.open_time[i];
  candle.open = table_.open[i];
  candle.high = table_.high[i];
  candle.low = table_.low[i];
  candle.close = table_.close[i];
  candle.volume = table_.volume[i];
  candle.trades = std::min(trade_offset(i + 1) - trade_offset(i), table_.volume[i] / unit_.step);
  const Wide four_prices = static_cast<Wide>(candle.open) + candle.high + candle.low + candle.close;
  candle.quote_volume = candle.volume * four_prices / 4 / kUnit;
  const Wide share = 64 + static_cast<std::int64_t>(hash_at(key_ ^ 0x74616b65, i) % 128);
  candle.taker_volume = candle.volume / unit_.step * share / 256 * unit_.step;
  candle.taker_quote = candle.quote_volume * share / 256;
  return candle;
}

Candle CsvSeries::known_row(std::size_t index, std::int64_t now) const {
  const Candle whole = row(index);
  return now >= whole.open_time + step_ ? whole
                                        : so_far(whole, step_, unit_, split_key(index), now);
}

std::size_t CsvSeries::row_at_or_after(std::int64_t time) const {
  const auto &times = table_.open_time;
  return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), time) -
                                  times.begin());
}

/// Sums the rows from `index` on that belong to the candle at `open`; moves `index` behind them.
Candle CsvSeries::bucket(const Grid &grid, std::int64_t open, std::size_t &index,
                         std::int64_t now) const {
  const std::int64_t end = std::min(grid.shift(open, 1), now + 1);
  Candle sum = known_row(index++, now);
  for (; index < table_.size() && table_.open_time[index] < end; ++index)
    append(sum, known_row(index, now));
  sum.open_time = open;
  return sum;
}

void CsvSeries::oldest(const Window &window, std::int64_t last_time,
                       std::vector<Candle> &out) const {
  const std::int64_t first_time = std::max(window.from, first_open() - kLongestCandle);
  std::size_t index = row_at_or_after(window.grid.ceil(first_time));
  while (index < table_.size() && out.size() < window.limit) {
    const std::int64_t open = window.grid.floor(table_.open_time[index]);
    if (open > last_time || table_.open_time[index] > window.now) return;
    out.push_back(bucket(window.grid, open, index, window.now));
  }
}

void CsvSeries::newest(const Window &window, std::int64_t last_time,
                       std::vector<Candle> &out) const {
  // A candle counts by its open, so rows behind last_time may belong to the last one.
  const std::int64_t end =
      std::min(window.grid.shift(window.grid.floor(last_time), 1), window.now + 1);
  std::size_t after = row_at_or_after(end);
  while (after > 0 && out.size() < window.limit) {
    const std::int64_t open = window.grid.floor(table_.open_time[after - 1]);
    if (open < window.from) break;
    const std::size_t first = row_at_or_after(open);
    std::size_t index = first;
    out.push_back(bucket(window.grid, open, index, window.now));
    after = first;
  }
  std::reverse(out.begin(), out.end());
}

void CsvSeries::candles(const Window &window, std::vector<Candle> &out) const {
  out.clear();
  const std::int64_t last_time = std::min(window.to, window.now);
  if (finer(window.grid, step_) || window.from > last_time ||
      last_time < first_open() - kLongestCandle)
    return;
  if (window.newest_first)
    newest(window, last_time, out);
  else
    oldest(window, last_time, out);
}

std::int64_t CsvSeries::trade_span_ms() const { return step_; }

void CsvSeries::trades(std::int64_t time, std::vector<Trade> &out) const {
  out.clear();
  const std::size_t index = row_at_or_after(time - step_ + 1);
  if (index >= table_.size() || table_.open_time[index] > time) return;
  Parts parts;
  split_candle(row(index), step_, unit_, split_key(index), parts);
  std::int64_t id = trade_offset(index);
  for (const Candle &part : parts) {
    append_trades(part, step_ / kParts, unit_, split_key(index), id, out);
    id += part.trades;
  }
}

void CsvSeries::stretch(std::int64_t time, Stretch &out) const {
  out.parts.clear();
  out.open_time = floor_div(time, step_) * step_;
  out.length_ms = step_;
  const std::size_t index = row_at_or_after(time - step_ + 1);
  if (index >= table_.size() || table_.open_time[index] > time) return;
  Parts parts;
  split_candle(row(index), step_, unit_, split_key(index), parts);
  out.open_time = table_.open_time[index];
  out.first_id = trade_offset(index);
  out.parts.assign(parts.begin(), parts.end());
}

std::int64_t CsvSeries::span_of_trade(std::int64_t id) const {
  auto index = static_cast<std::size_t>(std::max<std::int64_t>(0, id / kTradesPerRow));
  index = std::min(index, table_.size() - 1);
  while (index > 0 && trade_offset(index) > id) --index;
  while (index + 1 < table_.size() && trade_offset(index + 1) <= id) ++index;
  return table_.open_time[index];
}

}  // namespace tapedeck::sim
