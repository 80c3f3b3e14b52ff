#include "tick_writer.hpp"

#include "copy_in.hpp"

#include <algorithm>
#include <tuple>

namespace tapedeck::postgres {
namespace {

using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  // symbol, kind, sequence: all but the source

struct Row {
  const tdk_quote *quote;
  std::int32_t symbol, format;  // ids
  std::uint64_t place;          // in the batch
  std::int16_t kind() const noexcept { return (quote->flags & TDK_QUOTE_TRADE) != 0; }
  Key key() const noexcept { return {symbol, kind(), quote->sequence}; }
};

constexpr const char *kStage =
    "COPY pg_temp.tick_stage(time, sequence, trades, symbol_id, source_id, format_id, flags, kind, nanos, bid, ask, last,"
    " bid_size, ask_size, last_size, volume) FROM STDIN (FORMAT binary)";
constexpr char kStore[] =
    "INSERT INTO tick(time, sequence, trades, symbol_id, source_id, format_id, flags, kind, nanos, bid, ask, last,"
    " bid_size, ask_size, last_size, volume) SELECT * FROM pg_temp.tick_stage ON CONFLICT DO NOTHING";
const std::string kStoreAndTell = std::string(kStore) + " RETURNING symbol_id, kind, sequence";

TickFormat format_of(const tdk_commit_batch &b, const tdk_quote &q) {
  return {std::string(sv(b.source_version)), q.price_exp, q.size_exp, q.volume_exp};
}

// Each symbol's quotes, then its trades, by their numbers: neighbours are stored one after another, and
// writers that store the same meet in the same order. Of two with the same number the first stays first.
std::vector<Row> gather(Catalogue &catalogue, const tdk_commit_batch &b) {
  std::vector<Row> rows;
  rows.reserve(b.quote_count);
  for (std::uint64_t i = 0; i < b.quote_count; ++i) {
    const tdk_quote &q = detail::at(b.quotes, i, b.quote_stride);
    rows.push_back({&q, static_cast<std::int32_t>(catalogue.obtain_symbol(sv(q.symbol))),
                    static_cast<std::int32_t>(catalogue.obtain_format(format_of(b, q))), i});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row &x, const Row &y) { return x.key() < y.key(); });
  return rows;
}

void put_row(CopyIn &out, const Row &row, std::int32_t source) {
  const tdk_quote &q = *row.quote;
  const Moment time = moment_of(q.time);
  out.begin_row();
  out.integer(time.micros);
  out.integer(q.sequence);
  out.cell(q.trades);
  out.integer(row.symbol);
  out.integer(source);
  out.integer(row.format);
  out.integer(static_cast<std::int32_t>(q.flags));
  out.integer(row.kind());
  out.integer(time.nanos);
  for (const std::int64_t price : {q.bid, q.ask, q.last}) out.decimal(price, q.price_exp);
  for (const std::int64_t size : {q.bid_size, q.ask_size, q.last_size}) out.decimal(size, q.size_exp);
  out.decimal(q.volume, q.volume_exp);
}

// Of two with the same number it is the first that was stored.
std::uint64_t mark(const Result &r, const std::vector<Row> &rows, std::vector<bool> &stored) {
  for (int i = 0; i < r.rows(); ++i) {
    const Key key{r.integer(i, 0), r.integer(i, 1), r.integer(i, 2)};
    const auto first = std::lower_bound(rows.begin(), rows.end(), key, [](const Row &x, const Key &k) { return x.key() < k; });
    stored[first->place] = true;
  }
  return static_cast<std::uint64_t>(r.rows());
}

}  // namespace

std::uint64_t store_ticks(Connection &db, Catalogue &catalogue, const tdk_commit_batch &b, std::vector<bool> *stored) {
  const auto source = static_cast<std::int32_t>(catalogue.obtain_source(sv(b.source)));
  const std::vector<Row> rows = gather(catalogue, b);
  CopyIn out(db, kStage, 16);
  for (const Row &row : rows) put_row(out, row, source);
  out.finish();
  if (stored == nullptr) return db.run(kStore).changed();
  return mark(db.run(kStoreAndTell.c_str()), rows, *stored);
}

}  // namespace tapedeck::postgres
