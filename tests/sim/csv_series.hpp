// The history of an instrument out of a CSV file: what is absent there is absent in every answer.
#pragma once

#include "sim/csv.hpp"
#include "sim/series.hpp"
#include "sim/split.hpp"

namespace tapedeck::sim {

/// Quote volume, trades and taker shares are not in such files and are made up, steady in `key`.
class CsvSeries final : public Series {
 public:
  CsvSeries(std::uint64_t key, CsvTable table, std::int64_t step_ms);

  std::int64_t step_ms() const override { return step_; }
  std::int64_t first_open() const override { return table_.open_time.front(); }
  /// Coarsest tick and quantity step that all its numbers are multiples of.
  Granularity unit() const { return unit_; }
  std::int64_t end() const override { return kNoTimeLimit; }
  void candles(const Window &window, std::vector<Candle> &out) const override;
  std::int64_t trade_span_ms() const override;
  void trades(std::int64_t time, std::vector<Trade> &out) const override;
  void stretch(std::int64_t time, Stretch &out) const override;
  std::int64_t span_of_trade(std::int64_t id) const override;

 private:
  Candle row(std::size_t index) const;
  Candle known_row(std::size_t index, std::int64_t now) const;
  std::size_t row_at_or_after(std::int64_t time) const;
  void oldest(const Window &window, std::int64_t last_time, std::vector<Candle> &out) const;
  void newest(const Window &window, std::int64_t last_time, std::vector<Candle> &out) const;
  Candle bucket(const Grid &grid, std::int64_t open, std::size_t &index, std::int64_t now) const;
  std::int64_t trade_offset(std::size_t index) const;
  std::uint64_t split_key(std::size_t index) const;

  std::uint64_t key_;
  CsvTable table_;
  Granularity unit_;
  std::int64_t step_;
};

}  // namespace tapedeck::sim
