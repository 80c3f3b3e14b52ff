#include "candle_reader.hpp"

#include "kit/storage/limit.hpp"

#include <algorithm>

namespace tapedeck::postgres {
namespace {

constexpr std::uint64_t kBatchDefault = 4096;
constexpr std::uint64_t kBatchMax = 65536;
constexpr std::size_t kKnownMax = 65536;  // batches of rows; a live series has one for each

// The times twice: partitions are told apart by the plain comparison, rows by the exact one.
constexpr const char *kCandles =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT time, nanos, open, high, low, close, volume, turnover, trades, state, batch_id"
    " FROM candle WHERE series_id = $1::int AND time >= $2 AND time <= $4 AND (time, nanos) >= ($2, $3)"
    " AND (time, nanos) < ($4, $5) ORDER BY time, nanos LIMIT $6";

constexpr const char *kFirstOfNewest =
    "SELECT time, nanos FROM candle WHERE series_id = $1::int AND time >= $2 AND time <= $4 AND (time, nanos) >= ($2, $3)"
    " AND (time, nanos) < ($4, $5) ORDER BY time DESC, nanos DESC LIMIT 1 OFFSET $6";

constexpr const char *kBatches =
    "SELECT id, source_id, fetched_at, price_exp, volume_exp, turnover_exp FROM batch WHERE id = ANY($1::bigint[])";

}  // namespace

CandleReader::CandleReader(Connection &db, Catalogue &catalogue, const tdk_candle_request &request,
                           const tdk_candle_sink &sink, const Cancel &cancel)
    : db_(db),
      catalogue_(catalogue),
      request_(request),
      sink_(sink),
      cancel_(cancel),
      capacity_(std::min(request.batch_hint ? request.batch_hint : kBatchDefault, kBatchMax)) {}

void CandleReader::stream(std::int64_t series, bool &started) {
  const bool newest = (request_.flags & TDK_CANDLES_NEWEST) != 0 && request_.limit != 0;
  const std::int64_t from = newest ? first_of_newest(series) : request_.range.from;
  Params params;
  params.integer(series).moment(moment_of(from)).moment(moment_of(request_.range.to));
  Stream stream(db_, cancel_, started, kCandles, params.integer(kit::sql_limit(request_.limit)));
  for (auto &column : columns_) column.resize(capacity_);
  state_.resize(capacity_);
  while (stream.next()) {
    learn_batches(stream.rows());
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

// Before the next rows are asked for, because one connection answers one question at a time. The names of
// their sources too.
void CandleReader::learn_batches(const Result &rows) {
  std::vector<std::int64_t> unknown;
  std::int64_t last = -1;
  if (known_.size() > kKnownMax) known_.clear();
  for (int row = 0; row < rows.rows(); ++row) {
    const std::int64_t id = rows.integer(row, 10);
    if (id != last && !known_.contains(id)) unknown.push_back(id);
    last = id;
  }
  if (unknown.empty()) return;
  const Result r = db_.run(kBatches, Params().integers(unknown));
  for (int row = 0; row < r.rows(); ++row) {
    known_[r.integer(row, 0)] = {r.integer(row, 1), r.integer(row, 2), static_cast<int>(r.integer(row, 3)),
                                 static_cast<int>(r.integer(row, 4)), static_cast<int>(r.integer(row, 5))};
    catalogue_.source_name(r.integer(row, 1));
  }
}

bool CandleReader::fits(const Provenance &p) const {
  return p.source == current_.source && p.price_exp == current_.price_exp && p.volume_exp == current_.volume_exp &&
         p.turnover_exp == current_.turnover_exp;
}

void CandleReader::begin_batch(std::int64_t batch) {
  const auto found = known_.find(batch);
  if (found == known_.end()) db_.fail(TDK_IO, "a row names a batch that is not there", "restore a backup");
  if (rows_ > 0 && !fits(found->second)) flush();
  const std::int64_t newest = rows_ > 0 ? current_.fetched_at : found->second.fetched_at;
  current_ = found->second;
  current_.fetched_at = std::max(newest, current_.fetched_at);
  current_batch_ = batch;
}

void CandleReader::accept(const Result &rows, int row) {
  if (const std::int64_t batch = rows.integer(row, 10); batch != current_batch_) begin_batch(batch);
  columns_[0][rows_] = rows.time(row, 0);
  for (int c = 1; c <= 4; ++c) columns_[static_cast<std::size_t>(c)][rows_] = rows.mantissa(row, c + 1, current_.price_exp);
  columns_[5][rows_] = rows.mantissa(row, 6, current_.volume_exp);
  columns_[6][rows_] = rows.mantissa(row, 7, current_.turnover_exp);
  columns_[7][rows_] = rows.cell(row, 8);
  state_[rows_] = static_cast<std::uint32_t>(rows.integer(row, 9));
  if (++rows_ == capacity_) flush();
}

void CandleReader::flush() {
  if (rows_ == 0) return;
  cancel_.check();
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = rows_;
  b.price_exp = current_.price_exp;
  b.volume_exp = current_.volume_exp;
  b.turnover_exp = current_.turnover_exp;
  b.open_time = columns_[0].data();
  b.open = columns_[1].data();
  b.high = columns_[2].data();
  b.low = columns_[3].data();
  b.close = columns_[4].data();
  b.volume = columns_[5].data();
  b.turnover = columns_[6].data();
  b.trades = columns_[7].data();
  b.state = state_.data();
  b.source = str(catalogue_.source_name(current_.source));
  b.fetched_at = current_.fetched_at;
  rows_ = 0;
  current_batch_ = -1;  // the next row's batch says again when it was fetched
  detail::raise_unless_ok(sink_.on_batch(sink_.ctx, &b));
}

}  // namespace tapedeck::postgres
