#include "kit/storage/commit_check.hpp"

#include "kit/storage/series_text.hpp"

#include <string>

namespace kit {
namespace {

using tapedeck::Error;
using tapedeck::sv;

[[noreturn]] void refuse(const char *what, std::uint64_t row, const char *lack) {
  throw Error(TDK_INVALID_ARGUMENT, std::string("storing ") + what + " " + std::to_string(row) + " " + lack +
                                        "; nothing of this commit is stored");
}

void check_exponent(const char *of, std::int32_t exp) {
  if (!is_exponent(exp))
    throw Error(TDK_INVALID_ARGUMENT, "storing candles: the exponent of the " + std::string(of) +
                                          " is " + std::to_string(exp) + "; give one of -18 to 18");
}

enum class Times { Ascending, NotDescending };

void check_batch(const tdk_candle_batch &b, Times times = Times::Ascending) {
  check_exponent("prices", b.price_exp);
  check_exponent("volume", b.volume_exp);
  check_exponent("turnover", b.turnover_exp);
  if (b.count == 0) return;
  if (!b.open_time || !b.open || !b.high || !b.low || !b.close)
    throw Error(TDK_INVALID_ARGUMENT,
                "storing candles: a column is missing; give open_time, open, high, low and close");
  for (std::uint64_t i = 0; i < b.count; ++i) {
    const bool same = i > 0 && b.open_time[i] == b.open_time[i - 1];
    if (i > 0 && (b.open_time[i] < b.open_time[i - 1] || (same && times == Times::Ascending)))
      refuse("candles: row", i, "is not later than the row before");
    if (b.open[i] == TDK_NULL_I64 || b.high[i] == TDK_NULL_I64 || b.low[i] == TDK_NULL_I64 ||
        b.close[i] == TDK_NULL_I64)
      refuse("candles: row", i, "lacks a price");
  }
}

void check_names(const tdk_series &series, std::string_view source) {
  if (sv(series.symbol).empty())
    throw Error(TDK_INVALID_ARGUMENT, "storing candles: the series has no symbol");
  if (source.empty())
    throw Error(TDK_INVALID_ARGUMENT,
                "storing candles of " + describe_series(series) + ": the series names no source");
}

}  // namespace

void check_commit(const tdk_commit &c) {
  if (!c.series) throw Error(TDK_INVALID_ARGUMENT, "storing candles: the commit names no series");
  check_names(*c.series, sv(c.series->source));
  if (c.batch) check_batch(*c.batch);
}

void check_kept(const tdk_series &series, const tdk_kept_candles &kept) {
  if (!kept.batch) throw Error(TDK_INVALID_ARGUMENT, "storing candles: there are none");
  check_names(series, sv(kept.batch->source));
  check_batch(*kept.batch, kept.replaced_at ? Times::NotDescending : Times::Ascending);
  for (std::uint64_t i = 0; kept.replaced_at && i < kept.batch->count; ++i)
    if (kept.replaced_at[i] == TDK_NULL_I64)
      refuse("candles: row", i, "is a former value, and does not say when it was replaced");
}

void check_ticks(const tdk_commit_batch &b) {
  if (b.quote_count == 0) return;
  if (sv(b.source).empty())
    throw Error(TDK_INVALID_ARGUMENT, "storing ticks: the batch names no source");
  for (std::uint64_t i = 0; i < b.quote_count; ++i) {
    const tdk_quote &q = tapedeck::detail::at(b.quotes, i, b.quote_stride);
    if (sv(q.symbol).empty()) refuse("ticks: tick", i, "has no symbol");
    if (q.sequence == TDK_NULL_I64) refuse("ticks: tick", i, "has no sequence");
    if (!is_exponent(q.price_exp) || !is_exponent(q.size_exp) || !is_exponent(q.volume_exp))
      refuse("ticks: tick", i, "has an exponent that is not one of -18 to 18");
  }
}

}  // namespace kit
