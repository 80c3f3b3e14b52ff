#include "tick_reader.hpp"

#include "kit/storage/limit.hpp"

namespace tapedeck::postgres {
namespace {

constexpr const char *kTicks =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT t.time, t.nanos, t.sequence, t.flags, t.bid, t.ask, t.last, t.bid_size,"
    " t.ask_size, t.last_size, t.volume, t.trades, f.price_exp, f.size_exp, f.volume_exp"
    " FROM tick t JOIN tick_format f ON f.id = t.format_id WHERE t.symbol_id = $1::int AND t.kind = $2::smallint"
    " AND (t.time, t.nanos, t.sequence, t.source_id) >= ($3, $4, $5, $6::int) AND (t.time, t.nanos) < ($7, $8)"
    " ORDER BY t.time, t.nanos, t.sequence, t.source_id LIMIT $9";

constexpr const char *kFirstOfNewest =
    "SELECT time, nanos, sequence, source_id FROM tick WHERE symbol_id = $1::int AND kind = $2::smallint AND"
    " (time, nanos) >= ($3, $4) AND (time, nanos) < ($5, $6)"
    " ORDER BY time DESC, nanos DESC, sequence DESC, source_id DESC LIMIT 1 OFFSET $7";

}  // namespace

void TickReader::stream(std::int64_t symbol, bool &started) {
  const bool newest = (request_.flags & TDK_QUOTES_NEWEST) != 0 && request_.limit != 0;
  const Place start = newest ? first_of_newest(symbol) : Place{request_.range.from, INT64_MIN, INT32_MIN};
  Params params;
  params.integer(symbol).integer(kind()).moment(moment_of(start.time)).integer(start.sequence).integer(start.source);
  params.moment(moment_of(request_.range.to)).integer(kit::sql_limit(request_.limit));
  Stream rows(db_, cancel_, started, kTicks, params);
  while (rows.next()) {
    rows.ahead();
    hand_on(rows.rows());
  }
}

// The limit-th tick from the end, so that the scan itself can go upwards.
TickReader::Place TickReader::first_of_newest(std::int64_t symbol) {
  Params params;
  params.integer(symbol).integer(kind()).moment(moment_of(request_.range.from)).moment(moment_of(request_.range.to));
  const Result r = db_.once(kFirstOfNewest, params.integer(kit::sql_limit(request_.limit) - 1));
  if (r.rows() == 0) return {request_.range.from, INT64_MIN, INT32_MIN};
  return {r.time(0, 0), r.integer(0, 2), r.integer(0, 3)};
}

tdk_quote quote_of(const Result &r, int row, tdk_str symbol) {
  tdk_quote q{};
  q.struct_size = sizeof q;
  q.symbol = symbol;
  q.time = r.time(row, 0);
  q.sequence = r.integer(row, 2);
  q.flags = static_cast<std::uint32_t>(r.integer(row, 3));
  q.price_exp = static_cast<std::int32_t>(r.integer(row, 12));
  q.size_exp = static_cast<std::int32_t>(r.integer(row, 13));
  q.volume_exp = static_cast<std::int32_t>(r.integer(row, 14));
  q.bid = r.mantissa(row, 4, q.price_exp);
  q.ask = r.mantissa(row, 5, q.price_exp);
  q.last = r.mantissa(row, 6, q.price_exp);
  q.bid_size = r.mantissa(row, 7, q.size_exp);
  q.ask_size = r.mantissa(row, 8, q.size_exp);
  q.last_size = r.mantissa(row, 9, q.size_exp);
  q.volume = r.mantissa(row, 10, q.volume_exp);
  q.trades = r.cell(row, 11);
  return q;
}

void TickReader::hand_on(const Result &rows) {
  cancel_.check();
  array_.clear();
  for (int row = 0; row < rows.rows(); ++row) array_.push_back(quote_of(rows, row, request_.symbol));
  detail::raise_unless_ok(sink_.on_quotes(sink_.ctx, array_.data(), array_.size(), sizeof(tdk_quote)));
}

}  // namespace tapedeck::postgres
