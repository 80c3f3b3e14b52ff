#include "storage_client_raw.hpp"

#include <memory>

namespace tapedeck::conformance {
namespace {

SeriesName name_of(const tdk_series &s) {
  return {std::string(sv(s.symbol)), s.interval, s.price_type, s.adjustment};
}

std::vector<tdk_coverage> raw_coverage(const Commit &c) {
  std::vector<tdk_coverage> out;
  for (const Coverage &e : c.coverage)
    out.push_back({sizeof(tdk_coverage),
                   e.state,
                   {e.from, e.to},
                   str(c.source),
                   e.error,
                   e.tries,
                   e.next_try,
                   e.updated,
                   str(e.reason)});
  return out;
}

template <class Call>
Committed committed(Call &&call) {
  Committed out;
  tdk_commit_result result{};
  result.struct_size = sizeof result;
  run(out, [&](tdk_error *e) { return call(&result, e); });
  out.inserted = result.inserted;
  out.updated = result.updated;
  out.unchanged = result.unchanged;
  out.outranked = result.outranked;
  return out;
}

// A commit as the interface takes it; borrows it.
class RawCommit {
 public:
  explicit RawCommit(const Commit &c)
      : columns_(c.candles, c.exps, c.only_required_columns), coverage_(raw_coverage(c)), series_(raw_series(c.series, c.source)) {
    raw_.struct_size = sizeof raw_;
    raw_.rank = c.rank;
    raw_.series = &series_;
    raw_.source_version = str(c.source_version);
    raw_.fetched_at = c.fetched_at;
    raw_.batch = c.candles.empty() ? nullptr : columns_.raw();
    raw_.coverage = coverage_.data();
    raw_.coverage_count = coverage_.size();
    raw_.coverage_stride = sizeof(tdk_coverage);
  }
  RawCommit(const RawCommit &) = delete;
  RawCommit &operator=(const RawCommit &) = delete;
  const tdk_commit *get() const { return &raw_; }

 private:
  Columns columns_;
  std::vector<tdk_coverage> coverage_;
  tdk_series series_;
  tdk_commit raw_{};
};

tdk_outbox_event raw_event(const OutboxEvent &e) {
  return {sizeof(tdk_outbox_event), e.about, e.commit, e.row, str(e.sink), str(e.type), str(e.key),
          e.time, str(e.payload)};
}

}  // namespace

tdk_series raw_series(const SeriesName &s, const std::string &source) {
  return {
      sizeof(tdk_series), s.price_type, str(source), str(s.symbol), s.interval, s.adjustment, 0};
}

std::vector<Candle> Queried::candles() const {
  std::vector<Candle> all;
  for (const Batch &b : batches) all.insert(all.end(), b.candles.begin(), b.candles.end());
  return all;
}

StorageClient::StorageClient(const std::string &plugin_file, const std::string &id,
                             const Options &options, const FakeHost &host)
    : instance_(plugin_file, id, options, host),
      table_(instance_.interface<tdk_storage>(TDK_IID_STORAGE)) {}

Committed StorageClient::commit(const Commit &c) const {
  const RawCommit raw(c);
  return commit(*raw.get());
}

Committed StorageClient::commit(const tdk_commit &raw) const {
  return committed([&](tdk_commit_result *result, tdk_error *e) {
    return table_->commit(self(), &raw, result, e);
  });
}

Committed StorageClient::commit_batch(const BatchCommit &b) const {
  std::vector<std::unique_ptr<RawCommit>> parts;
  std::vector<tdk_commit> commits;
  for (const Commit &c : b.commits) {
    parts.push_back(std::make_unique<RawCommit>(c));
    commits.push_back(*parts.back()->get());
  }
  std::vector<tdk_quote> quotes;
  for (const Tick &t : b.ticks) quotes.push_back(raw_quote(t));
  std::vector<tdk_outbox_event> events;
  for (const OutboxEvent &e : b.events) events.push_back(raw_event(e));
  const tdk_commit_batch raw{sizeof raw,         0,
                             commits.data(),     commits.size(),
                             sizeof(tdk_commit), str(b.source),
                             str(b.source_version), quotes.data(),
                             quotes.size(),      sizeof(tdk_quote),
                             events.data(),      events.size(),
                             sizeof(tdk_outbox_event)};
  return committed([&](tdk_commit_result *result, tdk_error *e) {
    return table_->commit_batch(self(), &raw, result, e);
  });
}

Listed<Tick> StorageClient::query_ticks(const TickQuery &q) const {
  Listed<Tick> out;
  tdk_quote_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_quote *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i)
          static_cast<std::vector<Tick> *>(p)->push_back(tick_of(detail::at(first, i, stride)));
        return TDK_OK;
      }};
  const std::uint32_t flags =
      (q.trades ? TDK_QUOTES_TRADES : 0u) | (q.newest ? TDK_QUOTES_NEWEST : 0u);
  const tdk_quote_request request{sizeof request, flags, str(q.symbol), {q.from, q.to}, q.limit};
  run(out,
      [&](tdk_error *e) { return table_->query_quotes(self(), &request, &sink, q.cancel, e); });
  return out;
}

Queried StorageClient::query(const Query &q) const {
  struct Ctx {
    const Query *query;
    Queried out;
  } ctx{&q, {}};
  tdk_candle_sink sink{sizeof sink, 0, &ctx, [](void *p, const tdk_candle_batch *b) -> tdk_status {
                         auto &x = *static_cast<Ctx *>(p);
                         x.out.batches.push_back(batch_of(*b));
                         return x.query->on_batch ? x.query->on_batch(x.out.batches.back())
                                                  : TDK_OK;
                       }};
  tdk_series series = raw_series(q.series);
  tdk_candle_request request{sizeof request, q.newest ? TDK_CANDLES_NEWEST : 0u,
                             &series,        {q.from, q.to},
                             q.limit,        q.batch_hint};
  run(ctx.out, [&](tdk_error *e) { return table_->query(self(), &request, &sink, q.cancel, e); });
  return ctx.out;
}

Listed<Coverage> StorageClient::coverage(const SeriesName &name, const std::string &source,
                                         std::int64_t from, std::int64_t to) const {
  Listed<Coverage> out;
  tdk_coverage_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_coverage *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i) {
          const tdk_coverage &c = detail::at(first, i, stride);
          static_cast<std::vector<Coverage> *>(p)->push_back(
              {c.range.from, c.range.to, c.state, std::string(sv(c.source)), c.error, c.tries,
               c.next_try, c.updated, std::string(sv(c.reason))});
        }
        return TDK_OK;
      }};
  tdk_series series = raw_series(name, source);
  tdk_range range{from, to};
  run(out,
      [&](tdk_error *e) { return table_->coverage(self(), &series, &range, &sink, nullptr, e); });
  return out;
}

Listed<SeriesStat> StorageClient::list_series() const {
  Listed<SeriesStat> out;
  tdk_series_sink sink{sizeof sink, 0, &out.items,
                       [](void *p, const tdk_series_stat *first, std::uint64_t n,
                          std::uint64_t stride) -> tdk_status {
                         for (std::uint64_t i = 0; i < n; ++i) {
                           const tdk_series_stat &s = detail::at(first, i, stride);
                           static_cast<std::vector<SeriesStat> *>(p)->push_back(
                               {name_of(*s.series), s.first, s.last, s.rows, s.revisions});
                         }
                         return TDK_OK;
                       }};
  run(out, [&](tdk_error *e) { return table_->list_series(self(), &sink, nullptr, e); });
  return out;
}

Listed<Revision> StorageClient::revisions(const SeriesName &name, std::int64_t from,
                                          std::int64_t to) const {
  Listed<Revision> out;
  tdk_revision_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_revision *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i) {
          const tdk_revision &r = detail::at(first, i, stride);
          static_cast<std::vector<Revision> *>(p)->push_back(
              {r.open_time, r.open, r.high, r.low, r.close, r.volume, r.price_exp, r.volume_exp,
               std::string(sv(r.source)), r.fetched_at, r.replaced_at});
        }
        return TDK_OK;
      }};
  tdk_series series = raw_series(name);
  tdk_range range{from, to};
  run(out,
      [&](tdk_error *e) { return table_->revisions(self(), &series, &range, &sink, nullptr, e); });
  return out;
}

Outcome StorageClient::remove_before(const SeriesName &name, std::int64_t before,
                                     std::uint64_t &removed, const tdk_cancel *cancel) const {
  Outcome out;
  tdk_series series = raw_series(name);
  removed = 0;
  run(out, [&](tdk_error *e) {
    return table_->remove_before(self(), &series, before, &removed, cancel, e);
  });
  return out;
}

CancelAfter::CancelAfter(int checks) : left_(checks) {
  cancel_.struct_size = sizeof cancel_;
  cancel_.wait_fd = -1;
  cancel_.ctx = this;
  cancel_.deadline_mono_ns = INT64_MAX;
  cancel_.check = [](const tdk_cancel *c) -> tdk_status {
    auto &self = *static_cast<CancelAfter *>(c->ctx);
    ++self.asked_;
    return self.left_-- > 0 ? TDK_OK : TDK_CANCELLED;
  };
}

}  // namespace tapedeck::conformance
