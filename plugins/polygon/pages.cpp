#include "pages.hpp"

#include "kit/text.hpp"

namespace polygon {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kDelayMs = 15 * kMinuteMs;
constexpr int kMostEmptyPages = 100;

// ':' is legal in a path, and how the vendor writes its tickers.
std::string in_path(std::string_view ticker) {
  std::string out = kit::percent_encoded(ticker);
  for (std::size_t at; (at = out.find("%3A")) != out.npos;) out.replace(at, 3, ":");
  return out;
}

}  // namespace

Pages::Pages(Session &session, const RangeAsked &asked)
    : session_(session),
      asked_(asked),
      doing_("aggregates of " + kit::excerpt(asked.ticker.rest) + " " + std::string(asked.interval->name)),
      done_(asked.from_ms >= asked.to_ms) {}

// Days go by their date, which each market reads by its own clock; shorter bars by the millisecond.
std::string Pages::first_path() const {
  const Interval &interval = *asked_.interval;
  std::string path = "/v2/aggs/ticker/" + in_path(asked_.ticker.rest) + "/range/" +
                     std::to_string(interval.multiplier) + "/" + std::string(interval.timespan);
  char from[16], to[16];
  if (interval.of_days())
    path.append("/").append(date_text(asked_.from_ms, from)).append("/").append(
        date_text(asked_.to_ms - 1, to));
  else
    path += "/" + std::to_string(asked_.from_ms) + "/" + std::to_string(asked_.to_ms - 1);
  path += asked_.newest_first ? "?sort=desc" : "?sort=asc";
  // Indices have no such parameter.
  if (asked_.ticker.market != Market::Indices)
    path += asked_.adjusted ? "&adjusted=true" : "&adjusted=false";
  return path + "&limit=" + std::to_string(asked_.limit);
}

Aggregates Pages::next(const tapedeck::Cancel &cancel) {
  const std::int64_t asked_at_ms = session_.host().now() / kNsPerMs;
  const AggregatesAsked wanted{doing_,         asked_.ticker.market, asked_.interval,
                               asked_.from_ms, asked_.to_ms,         asked_.newest_first};
  Aggregates page;
  const auto take = [&](std::string_view body) { page = parse_aggregates(body, wanted); };
  if (next_url_.empty())
    session_.get(doing_, first_path(), cancel, take);
  else
    session_.follow(doing_, next_url_, cancel, take);
  check_progress(page);
  mark_forming(page, asked_at_ms);
  next_url_ = page.next_url;
  done_ = next_url_.empty();
  return page;
}

void Pages::check_progress(const Aggregates &page) {
  const auto refuse = [&](const char *why) {
    throw tapedeck::Error(TDK_BAD_DATA, "fetching " + doing_ + ": " + why);
  };
  if (!page.bars.empty()) {
    const std::int64_t first = page.bars.front().open_ms;
    const bool further = asked_.newest_first ? first < last_open_ms_ : first > last_open_ms_;
    if (seen_ && !further) refuse("a page goes back behind the one before it");
    seen_ = true;
    last_open_ms_ = page.bars.back().open_ms;
  }
  empty_pages_ = page.bars.empty() ? empty_pages_ + 1 : 0;
  if (empty_pages_ > kMostEmptyPages) refuse("100 pages without a row, and no end");
  if (!page.next_url.empty() && !followed_.insert(page.next_url).second)
    refuse("the next page is one that was read already");
}

// The vendor returns the bar that is forming like any other. Where it says DELAYED, or the plan is
// known to be, it knows nothing of the last 15 minutes, so a bar closes for it as much later.
void Pages::mark_forming(Aggregates &page, std::int64_t asked_at_ms) const {
  const bool delayed = page.delayed || session_.settings().delayed;
  page.known_until_ms = asked_at_ms - (delayed ? kDelayMs : 0);
  for (Bar &bar : page.bars)
    if (bar.window_end_ms > page.known_until_ms) bar.candle.state = TDK_CANDLE_FORMING;
}

}  // namespace polygon
