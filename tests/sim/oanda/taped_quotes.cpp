#include "sim/oanda/taped_quotes.hpp"

#include <array>

#include "sim/csv_lines.hpp"
#include "sim/decimal.hpp"
#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::int64_t kPause = kHourMs;

enum Column : std::size_t { Time, Bid, Ask, kColumns };
using Layout = std::array<std::size_t, kColumns>;

std::size_t column_named(const std::string &name) {
  if (name == "time_utc" || name == "time" || name == "timestamp" || name == "datetime") return Time;
  return name == "bid" ? Bid : name == "ask" ? Ask : kColumns;
}

Layout read_header(CsvLines &lines) {
  std::string line;
  if (!lines.next(line)) lines.fail("the file is empty; a header line is needed");
  std::vector<std::string_view> fields;
  split_csv_fields(line, fields);
  Layout layout;
  layout.fill(std::string::npos);
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (const std::size_t column = column_named(std::string(fields[i])); column != kColumns)
      layout[column] = i;
  for (const std::size_t place : layout)
    if (place == std::string::npos)
      lines.fail("the header '" + line + "' does not name time_utc, bid and ask");
  return layout;
}

std::int64_t price(const CsvLines &lines, std::string_view text) {
  const DecimalResult parsed = parse_decimal(text);
  if (parsed.error || parsed.value <= 0) lines.fail("price " + quoted(text) + " is no price");
  return parsed.value;
}

}  // namespace

std::vector<QuoteTick> load_ticks(const std::filesystem::path &file) {
  CsvLines lines(file);
  const Layout layout = read_header(lines);
  std::vector<QuoteTick> ticks;
  std::string line;
  std::vector<std::string_view> fields;
  while (lines.next(line)) {
    if (line.empty()) continue;
    split_csv_fields(line, fields);
    for (const std::size_t place : layout)
      if (place >= fields.size()) lines.fail("not enough fields");
    const auto time = parse_time(fields[layout[Time]]);
    if (!time) lines.fail("time " + quoted(fields[layout[Time]]) + " is no time");
    if (!ticks.empty() && *time < ticks.back().time_ms) lines.fail("times must not descend");
    ticks.push_back({*time, price(lines, fields[layout[Bid]]), price(lines, fields[layout[Ask]])});
  }
  if (ticks.empty()) lines.fail("no ticks after the header");
  return ticks;
}

std::size_t TapedQuotes::first_at_or_after(std::int64_t time) const {
  const auto at = std::lower_bound(ticks_.begin(), ticks_.end(), time,
                                   [](const QuoteTick &t, std::int64_t x) { return t.time_ms < x; });
  return static_cast<std::size_t>(at - ticks_.begin());
}

void TapedQuotes::ticks(std::int64_t from, std::int64_t to, std::vector<QuoteTick> &out) const {
  const auto begin = ticks_.begin();
  const std::size_t first = first_at_or_after(from);
  const std::size_t last = std::max(first, first_at_or_after(to));
  out.assign(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last));
}

std::optional<QuoteTick> TapedQuotes::latest(std::int64_t time) const {
  const std::size_t after = first_at_or_after(time + 1);
  if (after == 0) return std::nullopt;
  return ticks_[after - 1];
}

QuoteCandle TapedQuotes::candle(std::int64_t from, std::int64_t to, std::int64_t now) const {
  QuoteCandle sum;
  const std::int64_t end = std::min(to, now + 1);
  for (std::size_t i = first_at_or_after(from); i < ticks_.size() && ticks_[i].time_ms < end; ++i)
    sum.add(QuoteCandle::of(ticks_[i]));
  sum.open_time = from;
  return sum;
}

std::int64_t TapedQuotes::active_from(std::int64_t time) const {
  const std::size_t at = first_at_or_after(time);
  return at == ticks_.size() ? kNever : ticks_[at].time_ms;
}

std::int64_t TapedQuotes::active_until(std::int64_t time) const {
  const auto tick = latest(time);
  return tick ? tick->time_ms : -kNever;
}

bool TapedQuotes::open(std::int64_t time) const {
  const std::size_t after = first_at_or_after(time + 1);
  if (after == 0 || after == ticks_.size()) return after != 0 && time == ticks_.back().time_ms;
  return ticks_[after].time_ms - ticks_[after - 1].time_ms < kPause;
}

int TapedQuotes::decimals() const {
  std::int64_t step = kUnit;
  for (const QuoteTick &tick : ticks_)
    while (tick.bid % step != 0 || tick.ask % step != 0) step /= 10;
  int decimals = 0;
  for (; step < kUnit; step *= 10) ++decimals;
  return decimals;
}

}  // namespace tapedeck::sim::oanda
