#include "runtime/plugin_storage.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {

tdk_coverage abi_of(const LedgerEntry &e) {
  tdk_coverage c{};
  c.struct_size = sizeof c;
  c.state = static_cast<std::uint32_t>(e.state);
  c.range = {e.range.from, e.range.to};
  c.source = str(e.source);
  c.error = e.error;
  c.tries = e.tries;
  c.next_try = e.next_try;
  c.updated = e.updated;
  c.reason = str(e.reason);
  return c;
}

LedgerEntry entry_of(const tdk_coverage &c) {
  LedgerEntry e;
  e.state = static_cast<CoverageState>(c.state);
  e.range = {c.range.from, c.range.to};
  e.source = std::string(sv(c.source));
  e.error = c.error;
  e.tries = c.tries;
  e.next_try = c.next_try;
  e.updated = c.updated;
  e.reason = std::string(sv(c.reason));
  return e;
}

SeriesStat stat_of(const tdk_series_stat &s) {
  const auto optional = [](std::int64_t t) { return t == TDK_NULL_I64 ? std::nullopt : std::optional<Nanos>(t); };
  return {Series::from_abi(*s.series), optional(s.first), optional(s.last), s.rows, s.revisions};
}

void raise_when_cancelled(tdk_status status) {
  if (status == TDK_CANCELLED) throw Error(TDK_CANCELLED, "cancelled");
}

class PluginStorage final : public Storage {
 public:
  explicit PluginStorage(std::shared_ptr<PluginInstance> instance) : plugin_(std::move(instance)) {}

  CommitResult commit(const Commit &commit) override {
    const tdk_series series = commit.series.abi(commit.source);
    const tdk_candle_batch batch = commit.candles != nullptr ? commit.candles->view() : tdk_candle_batch{};
    ledger_.clear();
    for (const auto &e : commit.ledger) ledger_.push_back(abi_of(e));
    tdk_commit c{};
    c.struct_size = sizeof c;
    c.rank = commit.rank;
    c.series = &series;
    c.source_version = str(commit.source_version);
    c.fetched_at = commit.fetched_at;
    c.batch = commit.candles != nullptr ? &batch : nullptr;
    c.coverage = ledger_.data();
    c.coverage_count = ledger_.size();
    c.coverage_stride = sizeof(tdk_coverage);
    const tdk_commit_result r = plugin_.commit(c);
    return {r.inserted, r.updated, r.unchanged, r.outranked};
  }

  void query(const CandleScan &scan, const OnBatch &on_batch, const tdk_cancel *cancel) override {
    const tdk_series series = scan.series.abi();
    tdk_candle_request rq{};
    rq.struct_size = sizeof rq;
    rq.flags = scan.newest ? TDK_CANDLES_NEWEST : 0;
    rq.series = &series;
    rq.range = {scan.range.from, scan.range.to};
    rq.limit = scan.limit;
    rq.batch_hint = scan.batch_hint;
    raise_when_cancelled(plugin_.query(
        rq, [&](const tdk_candle_batch &b) { return on_batch(b) ? TDK_OK : TDK_STOP; }, cancel));
  }

  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source, TimeRange range,
                                    const tdk_cancel *cancel) override {
    std::vector<LedgerEntry> out;
    const auto take = [&out](const tdk_coverage &c) {
      out.push_back(entry_of(c));
      return TDK_OK;
    };
    try {
      raise_when_cancelled(plugin_.coverage(series.abi(source), {range.from, range.to}, take, cancel));
    } catch (const Error &e) {
      if (e.code() != TDK_NOT_FOUND) throw;  // nothing is known of the series: an empty ledger
    }
    return out;
  }

  std::vector<SeriesStat> list_series(const tdk_cancel *cancel) override {
    std::vector<SeriesStat> out;
    const auto take = [&out](const tdk_series_stat &s) {
      out.push_back(stat_of(s));
      return TDK_OK;
    };
    raise_when_cancelled(plugin_.list_series(take, cancel));
    return out;
  }

  void health() override { plugin_.instance().health(); }

 private:
  StoragePlugin plugin_;
  std::vector<tdk_coverage> ledger_;
};

}  // namespace

std::unique_ptr<Storage> make_plugin_storage(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginStorage>(std::move(instance));
}

}  // namespace tapedeck
