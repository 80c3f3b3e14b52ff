// The functions of tapedeck.transfer/1.
#include "kept_reader.hpp"
#include "kept_ticks.hpp"
#include "kept_writer.hpp"
#include "kit/storage/commit_check.hpp"
#include "storage.hpp"

namespace tapedeck::sqlite {

void SqliteStorage::read_kept_candles(const tdk_series &series, const tdk_range &range,
                                      const tdk_kept_candle_sink &sink, const Cancel &cancel) {
  db_.doing("copying candles from");
  cancel.check();
  Transaction snapshot(db_, Transaction::Kind::Read);
  KeptReader(db_, range, sink, cancel).stream(require_series(series));
  snapshot.commit();
}

std::uint64_t SqliteStorage::write_kept_candles(const tdk_series &series, const Rows<tdk_kept_candles> &kept) {
  need_writable("copying candles into");
  for (std::uint64_t i = 0; i < kept.count; ++i) kit::check_kept(series, kept[i]);
  if (kept.count == 0) return 0;
  std::uint64_t written = 0;
  try {
    Transaction tx(db_, Transaction::Kind::Write);
    KeptWriter writer(db_, catalogue_.obtain_series(series), describe_series(series));
    for (std::uint64_t i = 0; i < kept.count; ++i)
      written += writer.write(kept[i], catalogue_.obtain_source(sv(kept[i].batch->source)));
    tx.commit();
  } catch (...) {
    catalogue_.forget();  // ids of rows that the rollback took away
    throw;
  }
  wal_.after_commit(settings_.busy_timeout);
  return written;
}

void SqliteStorage::tick_symbols(const tdk_text_sink &sink, const Cancel &cancel) {
  db_.doing("listing the symbols of");
  Use use = db_.use(
      "SELECT s.name FROM symbol s WHERE EXISTS(SELECT 1 FROM tick t WHERE t.symbol_id=s.id) ORDER BY s.name");
  for (cancel.check(); use.step(); cancel.check()) {
    const tdk_str name = str(use.text(0));
    tapedeck::detail::raise_unless_ok(sink.on_texts(sink.ctx, &name, 1));
  }
}

void SqliteStorage::read_kept_quotes(std::string_view symbol, const tdk_range &range,
                                     const tdk_kept_quote_sink &sink, const Cancel &cancel) {
  db_.doing("copying ticks from");
  cancel.check();
  Transaction snapshot(db_, Transaction::Kind::Read);
  KeptTickReader(db_, symbol, range, sink, cancel).stream(require_symbol(symbol));
  snapshot.commit();
}

}  // namespace tapedeck::sqlite
