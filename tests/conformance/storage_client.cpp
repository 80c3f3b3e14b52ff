#include "storage_client.hpp"

#include <array>
#include <memory>

namespace tapedeck::conformance {
namespace {

SeriesName name_of(const tdk_series &s) {
  return {std::string(sv(s.symbol)), s.interval, s.price_type, s.adjustment};
}

// The candles of a commit as the columns the interface takes.
class Columns {
 public:
  explicit Columns(const Commit &c) {
    for (const Candle &k : c.candles) {
      const std::int64_t cell[] = {k.open_time, k.open,   k.high,     k.low,
                                   k.close,     k.volume, k.turnover, k.trades};
      for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].push_back(cell[i]);
      state_.push_back(k.state);
    }
    point_at(c);
  }
  Columns(const Columns &) = delete;
  Columns &operator=(const Columns &) = delete;
  const tdk_candle_batch *raw() const { return &batch_; }

 private:
  void point_at(const Commit &c) {
    batch_.struct_size = sizeof batch_;
    batch_.count = c.candles.size();
    batch_.price_exp = c.exps.price;
    batch_.volume_exp = c.exps.volume;
    batch_.turnover_exp = c.exps.turnover;
    const std::int64_t **columns[] = {&batch_.open_time, &batch_.open,  &batch_.high,
                                      &batch_.low,       &batch_.close, &batch_.volume,
                                      &batch_.turnover,  &batch_.trades};
    std::size_t given = c.only_required_columns ? 5 : cells_.size();
    for (std::size_t i = 0; i < given; ++i) *columns[i] = cells_[i].data();
    if (!c.only_required_columns) batch_.state = state_.data();
  }

  std::array<std::vector<std::int64_t>, 8> cells_;
  std::vector<std::uint32_t> state_;
  tdk_candle_batch batch_{};
};

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

Batch batch_of(const tdk_candle_batch &b) {
  Batch out{
      {b.price_exp, b.volume_exp, b.turnover_exp}, std::string(sv(b.source)), b.fetched_at, {}};
  auto cell = [](const std::int64_t *column, std::uint64_t i) {
    return column ? column[i] : TDK_NULL_I64;
  };
  for (std::uint64_t i = 0; i < b.count; ++i)
    out.candles.push_back({b.open_time[i], b.open[i], b.high[i], b.low[i], b.close[i],
                           cell(b.volume, i), cell(b.turnover, i), cell(b.trades, i),
                           b.state ? b.state[i] : 0});
  return out;
}

// Runs one call and copies what it said.
template <class Call>
void run(Outcome &out, Call &&call) {
  tdk_error error = detail::fresh();
  out.status = call(&error);
  out.message = error.message;
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
      : columns_(c), coverage_(raw_coverage(c)), series_(raw_series(c.series, c.source)) {
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

tdk_quote raw_quote(const Tick &t) {
  tdk_quote q{};
  q.struct_size = sizeof q;
  q.flags = t.flags;
  q.symbol = str(t.symbol);
  q.time = t.time;
  q.price_exp = t.exps.price;
  q.size_exp = t.exps.turnover;
  q.volume_exp = t.exps.volume;
  q.bid = t.bid;
  q.ask = t.ask;
  q.last = t.last;
  q.bid_size = t.bid_size;
  q.ask_size = t.ask_size;
  q.last_size = t.last_size;
  q.volume = t.volume;
  q.sequence = t.sequence;
  q.trades = t.trades;
  return q;
}

Tick tick_of(const tdk_quote &q) {
  return {std::string(sv(q.symbol)),
          q.time,
          q.sequence,
          q.flags,
          q.bid,
          q.ask,
          q.last,
          q.bid_size,
          q.ask_size,
          q.last_size,
          q.volume,
          q.trades,
          {q.price_exp, q.volume_exp, q.size_exp}};
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
  const tdk_commit_batch raw{sizeof raw,      0,
                             commits.data(),  commits.size(),
                             sizeof(tdk_commit), str(b.source),
                             str(b.source_version), quotes.data(),
                             quotes.size(),   sizeof(tdk_quote), nullptr, 0, 0};
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
