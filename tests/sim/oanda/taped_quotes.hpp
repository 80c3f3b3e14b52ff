// Recorded ticks of an instrument out of a CSV file.
#pragma once

#include <filesystem>
#include <vector>

#include "sim/oanda/quotes.hpp"

namespace tapedeck::sim::oanda {

/// The market counts as open from the first tick to the last but for pauses of an hour and more.
class TapedQuotes final : public QuoteHistory {
 public:
  /// Ascending, at least one.
  explicit TapedQuotes(std::vector<QuoteTick> ticks) : ticks_(std::move(ticks)) {}

  void ticks(std::int64_t from, std::int64_t to, std::vector<QuoteTick> &out) const override;
  std::optional<QuoteTick> latest(std::int64_t time) const override;
  QuoteCandle candle(std::int64_t from, std::int64_t to, std::int64_t now) const override;
  std::int64_t active_from(std::int64_t time) const override;
  std::int64_t active_until(std::int64_t time) const override;
  bool open(std::int64_t time) const override;
  bool recorded() const override { return true; }

  const std::vector<QuoteTick> &all() const { return ticks_; }
  /// Decimals of its finest price.
  int decimals() const;

 private:
  std::size_t first_at_or_after(std::int64_t time) const;

  std::vector<QuoteTick> ticks_;
};

/// Columns by header: `time_utc` (or `time`, `timestamp`, `datetime`), `bid` and `ask`; plain or
/// gzip; times must not descend. Throws CsvError.
std::vector<QuoteTick> load_ticks(const std::filesystem::path &file);

}  // namespace tapedeck::sim::oanda
