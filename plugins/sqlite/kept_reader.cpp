#include "kept_reader.hpp"

namespace tapedeck::sqlite {
namespace {

constexpr std::size_t kRowsPerBatch = 4096;

constexpr const char *kStanding =
    "SELECT open_time, open, high, low, close, volume, turnover, trades, state, batch_id FROM candle"
    " WHERE series_id=?1 AND open_time>=?2 AND open_time<?3 ORDER BY open_time";
constexpr const char *kFormer =
    "SELECT open_time, open, high, low, close, volume, turnover, trades, state, batch_id, replaced_at"
    " FROM revision WHERE series_id=?1 AND open_time>=?2 AND open_time<?3 ORDER BY open_time, seq";

}  // namespace

KeptReader::KeptReader(Database &db, const tdk_range &range, const tdk_kept_candle_sink &sink,
                       const Cancel &cancel)
    : db_(db), range_(range), sink_(sink), cancel_(cancel) {}

void KeptReader::stream(std::int64_t series) {
  stream(series, Rows::Standing);
  stream(series, Rows::Former);
}

void KeptReader::stream(std::int64_t series, Rows rows) {
  Use use = db_.use(rows == Rows::Standing ? kStanding : kFormer);
  use.bind(1, series).bind(2, range_.from).bind(3, range_.to);
  while (use.step()) accept(use, rows);
  flush(rows);
}

KeptReader::By KeptReader::read_by(std::int64_t batch) {
  Use use = db_.use(
      "SELECT o.name, b.source_version, b.rank, b.fetched_at, b.price_exp, b.volume_exp, b.turnover_exp"
      " FROM batch b JOIN source o ON o.id=b.source_id WHERE b.id=?1");
  if (!use.bind(1, batch).step())
    db_.fail(TDK_IO, "a row names a batch that is not there", "restore a backup");
  const auto exponent = [&](int column) { return static_cast<int>(use.integer(column)); };
  return {std::string(use.text(0)), std::string(use.text(1)), use.integer(2), use.integer(3),
          exponent(4), exponent(5), exponent(6)};
}

void KeptReader::accept(const Use &row, Rows rows) {
  if (const std::int64_t batch = row.integer(9); batch != batch_) {
    By by = read_by(batch);
    if (by != by_) flush(rows);
    by_ = std::move(by);
    batch_ = batch;
  }
  for (int c = 0; c < 5; ++c) columns_[static_cast<std::size_t>(c)].push_back(row.integer(c));
  for (int c = 5; c < 8; ++c) columns_[static_cast<std::size_t>(c)].push_back(row.cell(c));
  state_.push_back(static_cast<std::uint32_t>(row.integer(8)));
  if (rows == Rows::Former) replaced_at_.push_back(row.integer(10));
  if (state_.size() == kRowsPerBatch) flush(rows);
}

void KeptReader::flush(Rows rows) {
  if (state_.empty()) return;
  cancel_.check();
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = state_.size();
  b.price_exp = by_.price_exp;
  b.volume_exp = by_.volume_exp;
  b.turnover_exp = by_.turnover_exp;
  b.open_time = columns_[0].data();
  b.open = columns_[1].data();
  b.high = columns_[2].data();
  b.low = columns_[3].data();
  b.close = columns_[4].data();
  b.volume = columns_[5].data();
  b.turnover = columns_[6].data();
  b.trades = columns_[7].data();
  b.state = state_.data();
  b.source = str(by_.source);
  b.fetched_at = by_.fetched_at;
  const tdk_kept_candles kept{sizeof kept, static_cast<std::uint32_t>(by_.rank), str(by_.version), &b,
                              rows == Rows::Former ? replaced_at_.data() : nullptr};
  const tdk_status answer = sink_.on_candles(sink_.ctx, &kept);
  for (auto &column : columns_) column.clear();
  state_.clear();
  replaced_at_.clear();
  tapedeck::detail::raise_unless_ok(answer);
}

}  // namespace tapedeck::sqlite
