#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "query/candle_comparison.hpp"
#include "query/fact_sources.hpp"
#include "query/series_not_found.hpp"

namespace tapedeck {
namespace {

constexpr std::int64_t kPage = 1000;       // slots held of each source at a time
constexpr std::size_t kRowsOfTable = 100;  // what a person looks at

// One side: a vendor, or a store.
struct Side {
  std::string name;
  std::function<void(const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel)> fetch;
  std::string none = "";  // what it said when it did not know the series
};

bool is_store(const Config &config, const std::string &name) {
  return std::any_of(config.pipelines.begin(), config.pipelines.end(), [&](const auto &p) { return p.storage.name == name; });
}

Side vendor_side(Session &session, const std::string &name, const Series &series) {
  std::shared_ptr<Provider> provider = session.runtime().open_provider(name, Priority::Backfill);
  if (!provider->info().offers(series.interval))
    throw Error(TDK_NOT_SUPPORTED, name + ": " + series.interval.name() + " candles are not supported by this provider");
  return {name, [provider](const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) {
            provider->fetch_candles(ask, out, cancel);
          }};
}

Side store_side(Session &session, const std::string &name) {
  return {name, [&session, name](const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) {
            const auto take = [&](const tdk_candle_batch &batch) {
              if (!out.append(batch)) throw Error(TDK_BAD_DATA, name + ": its prices have exponents too far apart");
              return true;
            };
            session.runtime().pools().at(name)->lease(cancel)->query({ask.series, ask.range, 0, false, 0}, take, cancel);
          }};
}

Side open_side(Session &session, const std::string &name, const Series &series) {
  if (is_store(session.config(), name)) return store_side(session, name);
  if (session.config().plugin(name) != nullptr) return vendor_side(session, name, series);
  std::vector<std::string> names;
  for (const auto &p : session.config().plugins) names.push_back(p.name);
  const std::string near = nearest(name, names);
  throw Error(TDK_INVALID_ARGUMENT, "no source '" + printable(name, 60) + "' in the configuration; " +
                                        (near.empty() ? "there are: " + join(names, ", ") : "did you mean '" + near + "'?"));
}

// Writes the differences in one of the formats; a table is written at the end, because its columns are as wide as what is in them.
class Report {
 public:
  Report(const std::string &format, const std::string &a, const std::string &b) : format_(format), a_(a), b_(b) {
    table_.push_back({"time", "what", a, b, "bp"});
    if (format_ == "csv") std::puts("time,kind,column,a,b,bp");
    if (format_ == "json") std::fputs("{\"differences\":[", stdout);
  }

  void add(const CandleDifference &d) {
    const std::string time = format_time(d.time);
    if (format_ == "csv") {
      std::printf("%s,%s,%s,%s,%s,%s\n", time.c_str(), kind(d), d.column, d.a.c_str(), d.b.c_str(), d.basis_points.c_str());
    } else if (format_ == "json") {
      std::printf("%s\n{\"time\":\"%s\",\"kind\":\"%s\",\"column\":\"%s\",\"a\":%s,\"b\":%s,\"bp\":%s}", count_ == 0 ? "" : ",",
                  time.c_str(), kind(d), d.column, value(d.a).c_str(), value(d.b).c_str(), value(d.basis_points).c_str());
    } else if (table_.size() <= kRowsOfTable) {
      table_.push_back({time, what(d), d.a, d.b, d.basis_points});
    }
    ++count_;
  }

  void finish(const Series &series, TimeRange range, const ComparisonSummary &s) {
    if (format_ == "json") return finish_json(series, range, s);
    std::FILE *const to = format_ == "csv" ? stderr : stdout;  // what follows is no row
    if (format_ != "csv" && count_ > 0) std::fputs((format_table(table_) + "\n").c_str(), stdout);
    if (format_ != "csv" && count_ >= table_.size())
      std::printf("and %s more; --format csv has all\n\n", with_commas(count_ + 1 - table_.size()).c_str());
    std::fprintf(to, "%s from %s to %s: %s rows of %s, %s of %s\n", series.name().c_str(), format_time(range.from).c_str(),
                 format_time(range.to).c_str(), with_commas(s.rows_a).c_str(), a_.c_str(), with_commas(s.rows_b).c_str(), b_.c_str());
    std::fprintf(to, "equal %s, within the tolerance %s, different %s, only in %s %s, only in %s %s; largest difference %s bp\n",
                 with_commas(s.equal).c_str(), with_commas(s.within).c_str(), with_commas(s.different).c_str(), a_.c_str(),
                 with_commas(s.only_a).c_str(), b_.c_str(), with_commas(s.only_b).c_str(), s.largest.c_str());
  }

 private:
  static const char *kind(const CandleDifference &d) {
    if (d.kind == CandleDifference::Kind::Price) return "price";
    return d.kind == CandleDifference::Kind::OnlyA ? "only_a" : "only_b";
  }
  std::string what(const CandleDifference &d) const {
    if (d.kind == CandleDifference::Kind::Price) return d.column;
    return "only in " + (d.kind == CandleDifference::Kind::OnlyA ? a_ : b_);
  }
  static std::string value(const std::string &text) { return text.empty() ? "null" : json_quoted(text); }

  void finish_json(const Series &series, TimeRange range, const ComparisonSummary &s) const {
    std::printf("],\n\"summary\":{\"symbol\":%s,\"interval\":\"%s\",\"price\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"a\":%s,\"b\":%s,",
                json_quoted(series.symbol).c_str(), series.interval.name().c_str(), std::string(price_type_name(series.price_type)).c_str(),
                format_time(range.from).c_str(), format_time(range.to).c_str(), json_quoted(a_).c_str(), json_quoted(b_).c_str());
    const auto n = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
    std::printf("\"rows_a\":%llu,\"rows_b\":%llu,\"equal\":%llu,\"within\":%llu,\"different\":%llu,\"only_a\":%llu,\"only_b\":%llu,"
                "\"largest_bp\":\"%s\",\"same\":%s}}\n",
                n(s.rows_a), n(s.rows_b), n(s.equal), n(s.within), n(s.different), n(s.only_a), n(s.only_b), s.largest.c_str(),
                s.same() ? "true" : "false");
  }

  const std::string format_, a_, b_;
  std::vector<std::vector<std::string>> table_;
  std::size_t count_ = 0;
};

Series series_of(const Session &session, const CompareOptions &what) {
  const FactTarget target = target_of(session.config(), what.series.symbol);
  const auto interval = Interval::parse(what.series.interval);
  if (!interval)
    throw Error(TDK_INVALID_ARGUMENT, "unknown interval '" + printable(what.series.interval, 40) + "'; there are 1s 1m 5m 15m 30m 1h 4h 1d 1w 1M");
  const auto price = what.series.price.empty() ? std::optional(target.price_type) : parse_price_type(what.series.price);
  if (!price)
    throw Error(TDK_INVALID_ARGUMENT, "unknown price '" + printable(what.series.price, 40) + "'; there are trade, mid, bid and ask");
  return {target.symbol, *interval, *price, TDK_ADJ_RAW};
}

// The open times of the candles that are compared: closed by now, and on the grid.
TimeRange range_of(const SeriesOptions &o, Interval interval, Nanos now) {
  const auto read = [now](const std::string &text, Nanos otherwise) {
    const auto time = text.empty() ? std::optional(otherwise) : parse_time(text, now);
    if (time) return *time;
    throw Error(TDK_INVALID_ARGUMENT,
                "'" + printable(text, 60) + "' is no time; write 2024-01-01, 2024-01-01T10:00:00Z, epoch seconds, or 30d ago");
  };
  const TimeRange range{interval.ceil(read(o.from, now - kDay)), interval.ceil(std::min(read(o.to, now), interval.floor(now)))};
  if (range.empty()) throw Error(TDK_INVALID_ARGUMENT, "the range is empty: no candle opens after --from and has closed before --to");
  return range;
}

void fetch_page(Side &side, const Series &series, TimeRange range, CandleColumns &out, const tdk_cancel *cancel) try {
  out.clear();
  side.fetch({series, range, 0, false}, out, cancel);
  out.drop_forming();
} catch (const Error &e) {
  if (e.code() != TDK_NOT_FOUND || !out.empty())
    throw Error(e.code(), "asking " + side.name + " for " + series.name() + ": " + e.what(), e.retry_after_ms());
  side.none = "; " + side.name + " says: " + e.what();
}

}  // namespace

int cmd_compare(const std::string &file, const CompareOptions &what) try {
  const auto tolerance = parse_tolerance(what.tolerance);
  if (!tolerance)
    throw Error(TDK_INVALID_ARGUMENT, "'" + printable(what.tolerance, 40) + "' is no tolerance; write basis points from 0 to 10000, as 0.5");
  if (what.sources.size() != 2)
    throw Error(TDK_INVALID_ARGUMENT, "two sources are compared: give --source twice, each a provider or the store");
  Session session({file});
  SignalGuard guard(session.cancel());
  const CancelToken token(session.cancel());
  const Series series = series_of(session, what);
  const TimeRange range = range_of(what.series, series.interval, session.clock().now_ns());
  Side a = open_side(session, what.sources[0], series), b = open_side(session, what.sources[1], series);
  Report report(what.format, a.name, b.name);
  CandleComparison comparison(*tolerance, [&](const CandleDifference &d) { report.add(d); });
  CandleColumns of_a, of_b;
  for (Nanos from = range.from; from < range.to;) {
    const TimeRange page{from, std::min(series.interval.advance(from, kPage), range.to)};
    fetch_page(a, series, page, of_a, token.raw());
    fetch_page(b, series, page, of_b, token.raw());
    comparison.add(of_a.view(), of_b.view());
    from = page.to;
  }
  const ComparisonSummary &summary = comparison.summary();
  if (summary.rows_a + summary.rows_b == 0)
    throw Error(TDK_NOT_FOUND, "comparing " + series.name() + ": neither " + a.name + " nor " + b.name + " has a row from " + format_time(range.from) + " to " + format_time(range.to) + "; nothing was compared" + a.none + b.none);
  report.finish(series, range, summary);
  if (std::fflush(stdout) != 0) throw Error(TDK_IO, "writing to standard output failed");
  return summary.same() ? kExitOk : kExitDifferent;
} catch (const SeriesNotFound &e) {
  std::fprintf(stderr, "tapedeck: %s\n", printable(e.what(), 2000).c_str());
  return kExitUnknownSeries;
}

}  // namespace tapedeck
