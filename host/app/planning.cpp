#include "app/planning.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

std::vector<SeriesPlan> make_plans(Session &session, const SeriesOptions &filter) {
  const Planner planner(session.config(), session.clock().now_ns());
  auto plans = planner.wishes({filter.pipeline, filter.symbol, filter.interval, filter.from, filter.to});
  const CancelToken token(session.cancel());
  for (auto &plan : plans) {
    auto reader = session.runtime().pools().at(plan.storage)->lease(token.raw());
    Planner::subtract_ledger(plan, *reader, session.runtime().info_of(plan.source), token.raw());
  }
  return plans;
}

}  // namespace tapedeck
