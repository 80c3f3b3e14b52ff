#include "candle_reader.hpp"

#include "kit/storage/limit.hpp"

#include <algorithm>

namespace tapedeck::sqlite {
namespace {

constexpr std::uint64_t kBatchDefault = 4096;
constexpr std::uint64_t kBatchMax = 65536;

}  // namespace

CandleReader::CandleReader(Database &db, Catalogue &catalogue, const tdk_candle_request &request,
                           const tdk_candle_sink &sink, const Cancel &cancel)
    : db_(db),
      catalogue_(catalogue),
      book_(db),
      request_(request),
      sink_(sink),
      cancel_(cancel),
      capacity_(std::min(request.batch_hint ? request.batch_hint : kBatchDefault, kBatchMax)) {}

void CandleReader::stream(std::int64_t series) {
  bool newest = (request_.flags & TDK_CANDLES_NEWEST) != 0 && request_.limit != 0;
  std::int64_t from = newest ? first_of_newest(series) : request_.range.from;
  Use use = db_.use(
      "SELECT open_time, open, high, low, close, volume, turnover, trades, state, batch_id"
      " FROM candle WHERE series_id=?1 AND open_time>=?2 AND open_time<?3"
      " ORDER BY open_time LIMIT ?4");
  use.bind(1, series).bind(2, from).bind(3, request_.range.to).bind(4, kit::sql_limit(request_.limit));
  for (auto &column : columns_) column.resize(capacity_);
  state_.resize(capacity_);
  while (use.step()) accept(use);
  flush();
}

// The open time of the limit-th row from the end, so that the scan itself can go upwards.
std::int64_t CandleReader::first_of_newest(std::int64_t series) {
  Use use = db_.use(
      "SELECT open_time FROM candle WHERE series_id=?1 AND open_time>=?2 AND open_time<?3"
      " ORDER BY open_time DESC LIMIT 1 OFFSET ?4");
  use.bind(1, series).bind(2, request_.range.from).bind(3, request_.range.to);
  use.bind(4, kit::sql_limit(request_.limit) - 1);
  return use.step() ? use.integer(0) : request_.range.from;
}

bool CandleReader::fits(const Provenance &p) const {
  return p.source == current_.source && p.price_exp == current_.price_exp &&
         p.volume_exp == current_.volume_exp && p.turnover_exp == current_.turnover_exp;
}

void CandleReader::accept(const Use &row) {
  if (std::int64_t batch = row.integer(9); batch != current_batch_) {
    const Provenance &p = book_.find(batch);
    if (rows_ > 0 && !fits(p)) flush();
    std::int64_t newest = rows_ > 0 ? current_.fetched_at : p.fetched_at;
    current_ = p;
    current_.fetched_at = std::max(newest, p.fetched_at);
    current_batch_ = batch;
  }
  for (int c = 0; c < 5; ++c) columns_[static_cast<std::size_t>(c)][rows_] = row.integer(c);
  for (int c = 5; c < 8; ++c) columns_[static_cast<std::size_t>(c)][rows_] = row.cell(c);
  state_[rows_] = static_cast<std::uint32_t>(row.integer(8));
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
  tapedeck::detail::raise_unless_ok(sink_.on_batch(sink_.ctx, &b));
}

}  // namespace tapedeck::sqlite
