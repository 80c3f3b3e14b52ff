#include "runtime/plugin_storage.hpp"

#include <tapedeck/layer/core.hpp>

#include "plugins/transfer_plugin.hpp"
#include "runtime/transfer.hpp"

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

// A commit as it crosses the ABI; borrows the commit.
struct AbiCommit {
  explicit AbiCommit(const Commit &commit)
      : series(commit.series.abi(commit.source)),
        batch(commit.candles != nullptr ? commit.candles->view() : tdk_candle_batch{}) {
    for (const auto &e : commit.ledger) ledger.push_back(abi_of(e));
  }
  tdk_commit raw(const Commit &commit) const {
    tdk_commit c{};
    c.struct_size = sizeof c;
    c.rank = commit.rank;
    c.series = &series;
    c.source_version = str(commit.source_version);
    c.fetched_at = commit.fetched_at;
    c.batch = commit.candles != nullptr ? &batch : nullptr;
    c.coverage = ledger.data();
    c.coverage_count = ledger.size();
    c.coverage_stride = sizeof(tdk_coverage);
    return c;
  }

  tdk_series series;
  tdk_candle_batch batch;
  std::vector<tdk_coverage> ledger;
};

tdk_outbox_event abi_of(const OutboxEvent &e) {
  tdk_outbox_event out{};
  out.struct_size = sizeof out;
  out.about = static_cast<std::uint32_t>(e.about);
  out.commit = e.commit;
  out.row = e.row;
  out.sink = str(e.sink);
  out.type = str(e.type);
  out.key = str(e.key);
  out.time = e.time;
  out.payload = str(e.payload);
  return out;
}

CommitResult result_of(const tdk_commit_result &r) {
  return {r.inserted, r.updated, r.unchanged, r.outranked};
}

void raise_when_cancelled(tdk_status status) {
  if (status == TDK_CANCELLED) throw Error(TDK_CANCELLED, "cancelled");
}

class PluginTransfer final : public Transfer {
 public:
  explicit PluginTransfer(std::shared_ptr<PluginInstance> instance) : plugin_(std::move(instance)) {}

  void read_candles(const Series &series, TimeRange range, const OnCandles &on_candles, const tdk_cancel *cancel) override {
    const auto take = [&](const tdk_kept_candles &kept) { return on_candles(kept) ? TDK_OK : TDK_STOP; };
    raise_when_cancelled(plugin_.read_candles(series.abi(), {range.from, range.to}, take, cancel));
  }

  std::uint64_t write_candles(const Series &series, const KeptRows &rows) override {
    const KeptBatches batches(rows);
    return plugin_.write_candles(series.abi(), batches.all());
  }

  std::vector<std::string> tick_symbols(const tdk_cancel *cancel) override {
    std::vector<std::string> out;
    const auto take = [&out](tdk_str symbol) {
      out.emplace_back(sv(symbol));
      return TDK_OK;
    };
    raise_when_cancelled(plugin_.tick_symbols(take, cancel));
    return out;
  }

  void read_ticks(const std::string &symbol, TimeRange range, const OnTicks &on_ticks, const tdk_cancel *cancel) override {
    KeptTicks ticks;
    const auto take = [&](const tdk_kept_quotes &kept) {
      ticks.source = sv(kept.source);
      ticks.source_version = sv(kept.source_version);
      ticks.ticks.clear();
      for (std::uint64_t i = 0; i < kept.count; ++i) ticks.ticks.push_back(tick_of(kept.quotes[i]));
      return on_ticks(ticks) ? TDK_OK : TDK_STOP;
    };
    raise_when_cancelled(plugin_.read_quotes(str(symbol), {range.from, range.to}, take, cancel));
  }

 private:
  TransferPlugin plugin_;
};

class PluginStorage final : public Storage {
 public:
  explicit PluginStorage(std::shared_ptr<PluginInstance> instance)
      : instance_(instance), plugin_(std::move(instance)), has_outbox_(instance_->interface(TDK_IID_OUTBOX) != nullptr) {}

  CommitResult commit(const Commit &commit) override {
    const AbiCommit abi(commit);
    return result_of(plugin_.commit(abi.raw(commit)));
  }

  CommitResult commit_batch(const CommitBatch &batch) override {
    if (!batch.events.empty() && !has_outbox_)
      throw Error(TDK_NOT_SUPPORTED, plugin_.instance().name() + ": commit_batch: it has no outbox, and events to be published "
                                                                 "cannot be kept; remove 'publish' from its pipelines");
    std::vector<AbiCommit> parts(batch.commits.begin(), batch.commits.end());
    std::vector<tdk_commit> commits;
    for (std::size_t i = 0; i < parts.size(); ++i) commits.push_back(parts[i].raw(batch.commits[i]));
    quotes_.clear();
    for (const auto &of : batch.ticks)
      for (const auto &tick : of.ticks) quotes_.push_back(quote_of(tick, str(of.symbol)));
    events_.clear();
    for (const auto &e : batch.events) events_.push_back(abi_of(e));
    tdk_commit_batch b{};
    b.struct_size = sizeof b;
    b.commits = commits.data();
    b.commit_count = commits.size();
    b.commit_stride = sizeof(tdk_commit);
    b.source = str(batch.source);
    b.source_version = str(batch.source_version);
    b.quotes = quotes_.data();
    b.quote_count = quotes_.size();
    b.quote_stride = sizeof(tdk_quote);
    b.events = events_.data();
    b.event_count = events_.size();
    b.event_stride = sizeof(tdk_outbox_event);
    return result_of(plugin_.commit_batch(b));
  }

  void query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick,
                   const tdk_cancel *cancel) override {
    tdk_quote_request rq{};
    rq.struct_size = sizeof rq;
    rq.flags = (scan.trades ? TDK_QUOTES_TRADES : 0) | (scan.newest ? TDK_QUOTES_NEWEST : 0);
    rq.symbol = str(scan.symbol);
    rq.range = {scan.range.from, scan.range.to};
    rq.limit = scan.limit;
    raise_when_cancelled(plugin_.query_quotes(
        rq, [&](const tdk_quote &q) { return on_tick(tick_of(q)) ? TDK_OK : TDK_STOP; }, cancel));
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

  void store_symbols(const std::string &source, Nanos fetched_at, std::span<const SymbolInfo> symbols) override {
    std::vector<tdk_symbol> rows;
    for (const auto &s : symbols) rows.push_back(abi_of(s));
    plugin_.store_symbols(str(source), fetched_at, rows);
  }

  std::vector<SymbolInfo> query_symbols(const std::string &symbol, std::uint64_t limit,
                                        const tdk_cancel *cancel) override {
    std::vector<SymbolInfo> out;
    const tdk_symbol_request rq{sizeof rq, 0, str(symbol), {}, limit};
    const auto take = [&out](const tdk_symbol &s) {
      out.push_back(symbol_of(s));
      return TDK_OK;
    };
    raise_when_cancelled(plugin_.query_symbols(rq, take, cancel));
    return out;
  }

  void store_events(const std::string &source, Nanos fetched_at, std::span<const EconomicEvent> events) override {
    std::vector<tdk_calendar_event> rows;
    for (const auto &e : events) rows.push_back(abi_of(e));
    plugin_.store_events(str(source), fetched_at, rows);
  }

  std::vector<EconomicEvent> query_events(TimeRange range, const std::string &country,
                                          const tdk_cancel *cancel) override {
    std::vector<EconomicEvent> out;
    const tdk_event_request rq{sizeof rq, 0, {range.from, range.to}, str(country), {}};
    const auto take = [&out](const tdk_calendar_event &e) {
      out.push_back(event_of(e));
      return TDK_OK;
    };
    raise_when_cancelled(plugin_.query_events(rq, take, cancel));
    return out;
  }

  Transfer &transfer() override {
    if (!transfer_) transfer_ = std::make_unique<PluginTransfer>(instance_);
    return *transfer_;
  }

  void health() override { plugin_.instance().health(); }

 private:
  std::shared_ptr<PluginInstance> instance_;
  StoragePlugin plugin_;
  const bool has_outbox_;
  std::unique_ptr<PluginTransfer> transfer_;  // made when it is asked for
  std::vector<tdk_quote> quotes_;  // kept for their memory
  std::vector<tdk_outbox_event> events_;
};

}  // namespace

std::unique_ptr<Storage> make_plugin_storage(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginStorage>(std::move(instance));
}

}  // namespace tapedeck
