// Two sources' candles of one series, held against each other: exactly, and with a tolerance in basis points.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "market/time.hpp"

namespace tapedeck {

// "0.5" or "2" basis points, at most 10,000 with up to six decimals; nothing for anything else. In millionths.
std::optional<std::int64_t> parse_tolerance(std::string_view text);

// One thing that is not the same: a candle that one of them lacks (its close is shown), or a price of it.
struct CandleDifference {
  enum class Kind { OnlyA, OnlyB, Price } kind = Kind::Price;
  Nanos time = 0;
  const char *column = "";  // "open", "high", "low", "close"
  std::string a, b;         // exact decimals; empty where there is none
  std::string basis_points; // (b - a) / a, two decimals, of what is zero in A "inf"; empty where one is missing
};

struct ComparisonSummary {
  std::uint64_t rows_a = 0, rows_b = 0;
  std::uint64_t equal = 0;      // to the last digit
  std::uint64_t within = 0;     // not equal, but within the tolerance
  std::uint64_t different = 0;  // in at least one price
  std::uint64_t only_a = 0, only_b = 0;
  std::string largest = "0.00";  // difference in basis points, whatever the tolerance, without its sign
  bool same() const noexcept { return different == 0 && only_a == 0 && only_b == 0; }
};

// Threads: one at a time.
class CandleComparison {
 public:
  using OnDifference = std::function<void(const CandleDifference &)>;
  CandleComparison(std::int64_t tolerance, OnDifference on_difference)
      : tolerance_(tolerance), on_difference_(std::move(on_difference)) {}

  // All that both have of one range; ranges come in ascending order.
  void add(const tdk_candle_batch &a, const tdk_candle_batch &b);
  const ComparisonSummary &summary() const noexcept { return summary_; }

 private:
  void add_pair(const tdk_candle_batch &a, std::size_t i, const tdk_candle_batch &b, std::size_t j);
  void add_single(const tdk_candle_batch &batch, std::size_t i, CandleDifference::Kind kind);
  void note_largest(std::int64_t millionths);

  const std::int64_t tolerance_;
  OnDifference on_difference_;
  ComparisonSummary summary_;
  std::int64_t largest_ = 0;  // millionths of a basis point
};

}  // namespace tapedeck
