#include <tapedeck/layer/core.hpp>

#include <cstdio>
#include <thread>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/planning.hpp"
#include "app/publish_ports.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "ingest/source_order.hpp"
#include "observe/log.hpp"
#include "runtime/holes.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kHolesShown = 20;
constexpr Nanos kPublish = 30 * kSecond;  // for the last events

// Draws the progress from a thread of its own while the run has the caller's.
class Ticker {
 public:
  Ticker(Session &session, const BackfillProgress &progress, const std::set<std::string> &sources, bool quiet)
      : session_(session), progress_(progress), sources_(sources), display_(quiet),
        started_(session.clock().monotonic_ns()), thread_([this] { run(); }) {}
  ~Ticker() {
    stop_.cancel();
    thread_.join();
    display_.finish();
  }
  std::uint64_t requests() const { return total([](const AccountSnapshot &a) { return a.requests; }); }
  Nanos elapsed() const { return session_.clock().monotonic_ns() - started_; }

 private:
  template <class F>
  std::uint64_t total(F of) const {
    std::uint64_t n = 0;
    for (const auto &s : sources_) n += static_cast<std::uint64_t>(of(session_.runtime().account(s)));
    return n;
  }
  void draw() {
    const auto waited = total([](const AccountSnapshot &a) { return a.waited_ns; });
    display_.draw(progress_, requests(), static_cast<Nanos>(waited), elapsed());
  }
  void run() {
    const CancelToken token(stop_);
    while (session_.clock().sleep_ns(kSecond / 5, token.raw()) == TDK_OK) draw();
    draw();
  }

  Session &session_;
  const BackfillProgress &progress_;
  const std::set<std::string> &sources_;
  ProgressDisplay display_;
  const Nanos started_;
  CancelSource stop_;
  std::thread thread_;
};

struct SeriesOutcome {
  SeriesPlan plan;
  std::int64_t held = 0, explained = 0, missing = 0;  // candles
  std::vector<Hole> holes;
  std::optional<StillForming> forming;
};

BackfillPorts ports_of(Session &session, Publisher &publisher) {
  BackfillPorts ports;
  ports.open_provider = [&](const std::string &s) { return session.runtime().open_provider(s, Priority::Backfill); };
  ports.open_storage = [&publisher, of = publish_ports(session.deployment())](const std::string &s) {
    return publisher.open_storage(of, s);
  };
  ports.source_version = [&](const std::string &s) { return session.runtime().version_of(s); };
  ports.info_of = [&](const std::string &s) { return session.runtime().info_of(s); };
  return ports;
}

SeriesOutcome outcome(const SeriesPlan &plan, const std::vector<LedgerEntry> &ledger, const std::vector<StillForming> &forming) {
  SeriesOutcome o;
  o.plan = plan;
  TimeRange wanted = plan.wanted;
  for (const auto &f : forming)
    if (f.series == plan.series) {
      o.forming = f;
      wanted.to = std::min(wanted.to, f.from);
    }
  RangeSet present;
  for (const auto &e : ledger)
    if (e.state == CoverageState::Present) present.add(e.range);
  const Interval interval = plan.series.interval;
  o.holes = find_holes(ledger, wanted, interval, plan.calendar.get());
  o.missing = count_slots(o.holes, interval);
  o.held = count_slots(present.within(wanted), interval);
  o.explained = interval.count(wanted) - o.held - o.missing;
  return o;
}

// What the store says after the run, not what the run believes.
std::vector<SeriesOutcome> outcomes(Session &session, const std::vector<SeriesPlan> &plans, const BackfillReport &report) {
  std::vector<SeriesOutcome> out;
  const CancelSource uncancelled;  // also after Ctrl-C the table is shown
  const CancelToken token(uncancelled);
  for (const auto &plan : plans) {
    auto reader = session.runtime().pools().at(plan.storage)->lease(token.raw());
    out.push_back(outcome(plan, reader->coverage(plan.series, "", plan.wanted, token.raw()), report.forming));
  }
  return out;
}

std::string hole_line(const Hole &h) {
  std::string line = "  " + format_time(h.range.from) + " to " + format_time(h.range.to) + ": ";
  if (!h.asked) return line + "never asked";
  line += "failed after " + std::to_string(h.tries) + (h.tries == 1 ? " try" : " tries") + " (" +
          std::string(status_name(h.error)) + "): " + printable(h.reason, 400);
  if (h.next_try != TDK_NULL_I64) line += "; not before " + format_time(h.next_try);
  return line;
}

std::size_t print_outcomes(const std::vector<SeriesOutcome> &outcomes) {
  const auto count = [](std::int64_t n) { return with_commas(static_cast<std::uint64_t>(n)); };
  std::vector<std::vector<std::string>> table = {{"series", "from", "to", "rows", "explained", "holes", "missing"}};
  std::size_t holes = 0;
  for (const auto &o : outcomes) {
    table.push_back({o.plan.series.name(), format_time(o.plan.wanted.from), format_time(o.plan.wanted.to),
                     count(o.held), count(o.explained), with_commas(o.holes.size()), count(o.missing)});
    holes += o.holes.size();
  }
  std::fputs(format_table(table).c_str(), stdout);
  for (const auto &o : outcomes) {
    if (o.holes.empty()) continue;
    std::printf("\n%s is missing:\n", o.plan.series.name().c_str());
    for (std::size_t i = 0; i < o.holes.size() && i < kHolesShown; ++i)
      std::printf("%s\n", hole_line(o.holes[i]).c_str());
    if (o.holes.size() > kHolesShown)
      std::printf("  and %zu more; all of them: tapedeck gaps\n", o.holes.size() - kHolesShown);
  }
  for (const auto &o : outcomes)
    if (o.forming)
      std::printf("%s: the candle of %s is not final at %s yet; a later run stores it\n", o.plan.series.name().c_str(),
                  format_time(o.forming->from).c_str(), o.forming->source.c_str());
  return holes;
}

void print_rate(const BackfillProgress &progress, std::uint64_t requests, Nanos elapsed) {
  const double seconds = std::max(static_cast<double>(elapsed) / 1e9, 1e-3);
  std::printf("%s rows in %s: %s rows/s, %s requests\n", with_commas(progress.rows).c_str(),
              format_duration(elapsed).c_str(),
              with_commas(static_cast<std::uint64_t>(static_cast<double>(progress.rows) / seconds)).c_str(),
              with_commas(requests).c_str());
}

// Why less was stored than came, and less asked than was missing.
void print_report(const BackfillReport &report, const BackfillProgress &progress) {
  if (progress.closed_rows > 0)
    std::fprintf(stderr,
                 "tapedeck: left out %s rows of time when the calendar has the market closed; if they are trades, the "
                 "pipeline's 'calendar' is not the market's\n",
                 with_commas(progress.closed_rows).c_str());
  for (const auto &s : report.stopped)
    std::fprintf(stderr, "tapedeck: stopped asking %s: %s\n", s.source.c_str(), printable(s.reason, 600).c_str());
  for (const auto &s : report.skipped)
    std::fprintf(stderr, "tapedeck: stopped asking %s for %s: %s\n", s.source.c_str(), s.series.c_str(),
                 printable(s.reason, 600).c_str());
  if (report.cancelled)
    std::fprintf(stderr, "tapedeck: interrupted; the same command goes on where this one stopped\n");
}

}  // namespace

// What is left in the outboxes, and why.
void say_waiting(Session &session, const std::vector<DrainerState> &states, const std::string &file) {
  std::map<std::string, std::vector<OutboxStat>> stats;  // by storage
  for (const auto &s : states) try {
      if (stats.count(s.storage) == 0) stats[s.storage] = session.runtime().open_outbox(s.storage)->stat(nullptr);
      for (const auto &stat : stats[s.storage]) {
        if (stat.sink != s.sink || stat.waiting == 0) continue;
        const std::string why = s.elsewhere        ? "another process has claimed them"
                                : !s.trouble.empty() ? s.trouble
                                                     : "not all could be sent in time";
        std::fprintf(stderr, "tapedeck: %s events wait in %s for %s: %s; `tapedeck run %s` sends them\n",
                     with_commas(stat.waiting).c_str(), s.storage.c_str(), s.sink.c_str(), why.c_str(), file.c_str());
      }
    } catch (const Error &e) {
      std::fprintf(stderr, "tapedeck: how many events wait in %s for %s is not known: %s\n", s.storage.c_str(), s.sink.c_str(),
                   printable(e.what(), 300).c_str());
    }
}

int cmd_backfill(const std::string &file, const SeriesOptions &filter, bool quiet) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const auto plans = make_plans(session, filter);
  std::set<std::string> sources;
  for (const auto &p : plans) sources.insert(p.sources.begin(), p.sources.end());

  BackfillProgress progress;
  BackfillSettings settings;
  settings.seed = static_cast<std::uint64_t>(session.clock().now_ns());
  BackfillReport report;
  std::uint64_t requests = 0;
  Nanos elapsed = 0;
  Publisher publisher(session.metrics(), session.clock());
  publisher.apply(publish_ports(session.deployment()));
  {
    Ticker ticker(session, progress, sources, quiet);
    report = run_along_sources(plans, ports_of(session, publisher), settings, progress, session.clock(), session.cancel());
    requests = ticker.requests();
    elapsed = ticker.elapsed();
  }
  const CancelToken interrupted(session.cancel());
  publisher.finish(kPublish, interrupted.raw());
  const auto published = publisher.states();
  publisher.stop(0);
  const std::size_t holes = print_outcomes(outcomes(session, plans, report));
  print_rate(progress, requests, elapsed);
  print_report(report, progress);
  say_waiting(session, published, file);
  return holes == 0 ? kExitOk : kExitHoles;
}

}  // namespace tapedeck
