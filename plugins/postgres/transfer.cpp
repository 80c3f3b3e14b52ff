// All that the store keeps, as it is kept, out of it and into it.
#include "kept_reader.hpp"
#include "kept_ticks.hpp"
#include "kept_writer.hpp"
#include "kit/storage/commit_check.hpp"
#include "storage.hpp"
#include "timescale.hpp"

#include <map>

namespace tapedeck::postgres {
namespace {

// The question is asked once for each symbol, by the key: a join would read all ticks.
constexpr const char *kTickSymbols =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT s.name FROM symbol s"
    " WHERE (SELECT true FROM tick t WHERE t.symbol_id = s.id LIMIT 1) ORDER BY s.name";

}  // namespace

void PostgresStorage::read_kept_candles(const tdk_series &series, const tdk_range &range, const tdk_kept_candle_sink &sink,
                                        const Cancel &cancel) {
  read("reading candles as they are kept from", cancel, [&](bool &started) {
    KeptReader(db_, catalogue_, sink, cancel).stream(require_series(series), range, started);
  });
}

std::uint64_t PostgresStorage::write_kept_candles(const tdk_series &series, const Rows<tdk_kept_candles> &kept) {
  need_writable("storing candles as they were kept in");
  std::vector<const tdk_candle_batch *> standing;
  for (std::uint64_t i = 0; i < kept.count; ++i) {
    kit::check_kept(series, kept[i]);
    if (kept[i].replaced_at == nullptr) standing.push_back(kept[i].batch);
  }
  if (kept.count == 0) return 0;
  std::uint64_t written = 0;
  Attempt attempt;
  attempt.prepare = [&] {
    if (kept_session_ != db_.session()) make_kept_staging(db_);
    kept_session_ = db_.session();
    if (layout_ == Layout::Partitions) partitions_.cover(standing);
  };
  attempt.body = [&] { written = write_kept(series, kept); };
  attempt.undone = [&] {
    catalogue_.forget();
    partitions_.forget();
  };
  in_transaction(db_, kWrite, attempt);
  rows_.record(static_cast<double>(written));
  return written;
}

// Inside a write transaction; names first and in the order of obtain_names(), then the lock of the series.
std::uint64_t PostgresStorage::write_kept(const tdk_series &series, const Rows<tdk_kept_candles> &kept) {
  const std::int64_t id = catalogue_.obtain_series(series);
  std::map<std::string_view, std::int64_t> sources;
  for (std::uint64_t i = 0; i < kept.count; ++i) sources[sv(kept[i].batch->source)] = 0;
  for (auto &[name, source] : sources) source = catalogue_.obtain_source(name);
  lock_series({id});
  if (layout_ == Layout::Hypertable) allow_repair(db_);
  std::vector<KeptPage> pages;
  for (std::uint64_t i = 0; i < kept.count; ++i) pages.push_back({&kept[i], sources[sv(kept[i].batch->source)]});
  return KeptWriter(db_, id).write(pages);
}

void PostgresStorage::tick_symbols(const tdk_text_sink &sink, const Cancel &cancel) {
  read("listing the symbols with ticks of", cancel, [&](bool &started) {
    each_row({db_, cancel, started, kTickSymbols, {}}, [&](const Result &r, int row) {
      const tdk_str name = str(r.text(row, 0));
      detail::raise_unless_ok(sink.on_texts(sink.ctx, &name, 1));
    });
  });
}

void PostgresStorage::read_kept_quotes(std::string_view symbol, const tdk_range &range, const tdk_kept_quote_sink &sink,
                                       const Cancel &cancel) {
  read("reading ticks as they are kept from", cancel, [&](bool &started) {
    KeptTickReader(db_, catalogue_, sink, cancel).stream(symbol, require_symbol(symbol), range, started);
  });
}

}  // namespace tapedeck::postgres
