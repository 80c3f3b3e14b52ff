#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/planning.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"

namespace tapedeck {
namespace {

struct Totals {
  std::uint64_t requests = 0, credits = 0;
  std::int64_t missing = 0;
};

std::vector<std::string> row_of(const SeriesPlan &plan, std::uint64_t credits, Nanos time) {
  const auto count = [](std::int64_t n) { return with_commas(static_cast<std::uint64_t>(n)); };
  return {plan.series.name(),
          plan.source,
          format_time(plan.wanted.from),
          format_time(plan.wanted.to),
          count(plan.slots_held),
          count(plan.slots_explained),
          count(plan.slots_missing),
          with_commas(plan.chunks.size()),
          with_commas(credits),
          plan.chunks.empty() ? "-" : format_duration(time)};
}

}  // namespace

int cmd_plan(const std::string &file, const SeriesOptions &filter) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const auto plans = make_plans(session, filter);
  std::vector<std::vector<std::string>> table = {{"series", "source", "from", "to", "held", "explained", "missing",
                                                  "requests", "credits", "at least"}};
  std::map<std::string, Totals> totals;
  for (const auto &plan : plans) {
    const std::uint64_t each = session.runtime().info_of(plan.source).credits_per_request;
    const std::uint64_t credits = plan.chunks.size() * each;
    table.push_back(row_of(plan, credits, session.runtime().estimate_requests(plan.source, each, plan.chunks.size())));
    Totals &t = totals[plan.source];
    t.requests += plan.chunks.size();
    t.credits += credits;
    t.missing += plan.slots_missing;
  }
  std::fputs(format_table(table).c_str(), stdout);
  for (const auto &[source, t] : totals) {
    const std::uint64_t each = session.runtime().info_of(source).credits_per_request;
    const Nanos time = session.runtime().estimate_requests(source, each, t.requests);
    std::printf("%s: up to %s rows by %s requests for %s credits; %s\n", source.c_str(),
                with_commas(static_cast<std::uint64_t>(t.missing)).c_str(), with_commas(t.requests).c_str(),
                with_commas(t.credits).c_str(),
                t.requests == 0 ? "nothing to ask for"
                : time == 0     ? "the vendor's budget allows them at once"
                                : ("the vendor's budget stretches them over " + format_duration(time)).c_str());
  }
  return kExitOk;
}

}  // namespace tapedeck
