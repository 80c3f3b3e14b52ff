#include "kept_reader.hpp"

namespace tapedeck::postgres {
namespace {

constexpr std::size_t kRows = 4096;

constexpr const char *kStanding =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT time, nanos, open, high, low, close, volume, turnover, trades, state, batch_id"
    " FROM candle WHERE series_id = $1::int AND time >= $2 AND time <= $4 AND (time, nanos) >= ($2, $3)"
    " AND (time, nanos) < ($4, $5) ORDER BY time, nanos";
constexpr const char *kFormer =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT time, nanos, open, high, low, close, volume, turnover, trades, state, batch_id,"
    " replaced_at FROM revision WHERE series_id = $1::int AND (time, nanos) >= ($2, $3) AND (time, nanos) < ($4, $5)"
    " ORDER BY time, nanos, seq";

}  // namespace

KeptReader::KeptReader(Connection &db, Catalogue &catalogue, const tdk_kept_candle_sink &sink, const Cancel &cancel)
    : db_(db), catalogue_(catalogue), sink_(sink), cancel_(cancel), batches_(db, catalogue), columns_(kRows) {}

void KeptReader::stream(std::int64_t series, const tdk_range &range, bool &started) {
  Params params;
  params.integer(series).moment(moment_of(range.from)).moment(moment_of(range.to));
  pass(kStanding, params, started);
  former_ = true;
  pass(kFormer, params, started);
}

void KeptReader::pass(const char *sql, const Params &params, bool &started) {
  Stream stream(db_, cancel_, started, sql, params);
  while (stream.next()) {
    batches_.learn(stream.rows(), 10);
    stream.ahead();
    for (int row = 0; row < stream.rows().rows(); ++row) accept(stream.rows(), row);
  }
  flush();
  stream.close();
}

void KeptReader::accept(const Result &rows, int row) {
  if (const std::int64_t batch = rows.integer(row, 10); batch != current_batch_) {
    const Provenance &next = batches_.find(batch);
    if (next != current_) flush();
    current_ = next;
    current_batch_ = batch;
  }
  columns_.push(rows, row, current_.exps);
  if (former_) replaced_at_.push_back(rows.integer(row, 11));
  if (columns_.full()) flush();
}

void KeptReader::flush() {
  if (columns_.size() == 0) return;
  cancel_.check();
  tdk_candle_batch b = columns_.batch(current_.exps);
  b.source = str(catalogue_.source_name(current_.source));
  b.fetched_at = current_.fetched_at;
  const tdk_kept_candles kept{sizeof kept, static_cast<std::uint32_t>(current_.rank), str(current_.version), &b,
                              former_ ? replaced_at_.data() : nullptr};
  detail::raise_unless_ok(sink_.on_candles(sink_.ctx, &kept));
  columns_.clear();
  replaced_at_.clear();
}

}  // namespace tapedeck::postgres
