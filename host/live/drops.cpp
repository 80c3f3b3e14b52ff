#include "live/drops.hpp"

#include "observe/log.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kBetweenLines = 10 * kSecond;

const char *name_of(DropKind kind) { return kind == DropKind::Candle ? "candle" : "tick"; }

}  // namespace

Drops::Drops(std::string pipeline, Clock &clock, Metrics &metrics)
    : pipeline_(std::move(pipeline)), clock_(clock), metrics_(metrics) {}

void Drops::add(DropKind kind, const std::string &reason, std::uint64_t rows) {
  if (rows == 0) return;
  std::lock_guard lock(mutex_);
  Count &count = counts_[{kind, reason}];
  if (count.metric == 0)
    count.metric = metrics_.counter("tapedeck_dropped_total", "Live rows that were not kept, and why",
                                    {{"pipeline", pipeline_}, {"kind", name_of(kind)}, {"reason", reason}});
  count.rows += rows;
  metrics_.record(count.metric, static_cast<double>(rows));
  unsaid_ = true;
  if (!said_once_ || clock_.monotonic_ns() - said_at_ >= kBetweenLines) say();
}

std::uint64_t Drops::total(DropKind kind) const {
  std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto &[key, count] : counts_)
    if (key.first == kind) sum += count.rows;
  return sum;
}

void Drops::say_rest() {
  std::lock_guard lock(mutex_);
  if (unsaid_) say();
}

void Drops::say() {
  std::string what;
  for (const auto &[key, count] : counts_)
    what += (what.empty() ? "" : ", ") + std::to_string(count.rows) + " " + name_of(key.first) + "s (" + key.second + ")";
  log(LogLevel::Warn, "delivery",
      "dropped so far: " + what + "; dropped candles stay holes of the ledger and are asked for again",
      {{"pipeline", pipeline_}});
  unsaid_ = false;
  said_once_ = true;
  said_at_ = clock_.monotonic_ns();
}

}  // namespace tapedeck
