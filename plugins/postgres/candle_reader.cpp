#include "candle_reader.hpp"

#include "kit/storage/limit.hpp"

#include <algorithm>

namespace tapedeck::postgres {
namespace {

constexpr std::uint64_t kBatchDefault = 4096;
constexpr std::uint64_t kBatchMax = 65536;

// The times twice: partitions are told apart by the plain comparison, rows by the exact one.
constexpr const char *kCandles =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT time, nanos, open, high, low, close, volume, turnover, trades, state, batch_id"
    " FROM candle WHERE series_id = $1::int AND time >= $2 AND time <= $4 AND (time, nanos) >= ($2, $3)"
    " AND (time, nanos) < ($4, $5) ORDER BY time, nanos LIMIT $6";

constexpr const char *kFirstOfNewest =
    "SELECT time, nanos FROM candle WHERE series_id = $1::int AND time >= $2 AND time <= $4 AND (time, nanos) >= ($2, $3)"
    " AND (time, nanos) < ($4, $5) ORDER BY time DESC, nanos DESC LIMIT 1 OFFSET $6";

}  // namespace

CandleReader::CandleReader(Connection &db, Catalogue &catalogue, const tdk_candle_request &request,
                           const tdk_candle_sink &sink, const Cancel &cancel)
    : db_(db),
      catalogue_(catalogue),
      request_(request),
      sink_(sink),
      cancel_(cancel),
      batches_(db, catalogue),
      columns_(std::min(request.batch_hint ? request.batch_hint : kBatchDefault, kBatchMax)) {}

void CandleReader::stream(std::int64_t series, bool &started) {
  const bool newest = (request_.flags & TDK_CANDLES_NEWEST) != 0 && request_.limit != 0;
  const std::int64_t from = newest ? first_of_newest(series) : request_.range.from;
  Params params;
  params.integer(series).moment(moment_of(from)).moment(moment_of(request_.range.to));
  Stream stream(db_, cancel_, started, kCandles, params.integer(kit::sql_limit(request_.limit)));
  while (stream.next()) {
    batches_.learn(stream.rows(), 10);
    stream.ahead();
    for (int row = 0; row < stream.rows().rows(); ++row) accept(stream.rows(), row);
  }
  flush();
}

// The open time of the limit-th row from the end, so that the scan itself can go upwards.
std::int64_t CandleReader::first_of_newest(std::int64_t series) {
  Params params;
  params.integer(series).moment(moment_of(request_.range.from)).moment(moment_of(request_.range.to));
  const Result r = db_.once(kFirstOfNewest, params.integer(kit::sql_limit(request_.limit) - 1));
  return r.rows() > 0 ? r.time(0, 0) : request_.range.from;
}

bool CandleReader::fits(const Provenance &p) const { return p.source == current_.source && p.exps == current_.exps; }

void CandleReader::begin_batch(std::int64_t batch) {
  const Provenance &next = batches_.find(batch);
  if (columns_.size() > 0 && !fits(next)) flush();
  const std::int64_t newest = columns_.size() > 0 ? current_.fetched_at : next.fetched_at;
  current_ = next;
  current_.fetched_at = std::max(newest, current_.fetched_at);
  current_batch_ = batch;
}

void CandleReader::accept(const Result &rows, int row) {
  if (const std::int64_t batch = rows.integer(row, 10); batch != current_batch_) begin_batch(batch);
  columns_.push(rows, row, current_.exps);
  if (columns_.full()) flush();
}

void CandleReader::flush() {
  if (columns_.size() == 0) return;
  cancel_.check();
  tdk_candle_batch b = columns_.batch(current_.exps);
  b.source = str(catalogue_.source_name(current_.source));
  b.fetched_at = current_.fetched_at;
  columns_.clear();
  current_batch_ = -1;  // the next row's batch says again when it was fetched
  detail::raise_unless_ok(sink_.on_batch(sink_.ctx, &b));
}

}  // namespace tapedeck::postgres
