// What storage keeps beside series and ticks: symbols and economic events.
#include "fact_rows.hpp"
#include "kit/storage/fact_check.hpp"
#include "kit/storage/limit.hpp"
#include "storage.hpp"

#include <algorithm>

namespace tapedeck::sqlite {
namespace {

constexpr std::uint64_t kRowsBetweenChecks = 256;

// Steps through the rows, and asks now and then whether anybody still wants them.
template <class Writer, class RowOf>
void stream(Use &use, const Cancel &cancel, Writer writer, RowOf row_of) {
  for (std::uint64_t row = 0; use.step(); ++row) {
    if (row % kRowsBetweenChecks == 0) cancel.check();
    writer.push(row_of(use));
  }
}

}  // namespace

template <class T>
void SqliteStorage::write_facts(std::string_view source, std::int64_t fetched_at, const Rows<T> &rows) {
  kit::check_facts(source, rows);
  try {
    Transaction tx(db_, Transaction::Kind::Write);
    const std::int64_t id = catalogue_.obtain_source(source);
    for (std::uint64_t i = 0; i < rows.count; ++i) store_fact(db_, id, fetched_at, rows[i]);
    tx.commit();
  } catch (...) {
    catalogue_.forget();  // the id of a source that the rollback took away
    throw;
  }
  wal_.after_commit(settings_.busy_timeout);
}

void SqliteStorage::store_symbols(std::string_view source, std::int64_t fetched_at,
                                  const Rows<tdk_symbol> &rows) {
  need_writable("storing symbols in");
  write_facts(source, fetched_at, rows);
}

void SqliteStorage::store_events(std::string_view source, std::int64_t fetched_at,
                                 const Rows<tdk_calendar_event> &rows) {
  need_writable("storing economic events in");
  write_facts(source, fetched_at, rows);
}

void SqliteStorage::query_symbols(const tdk_symbol_request &request, const tdk_symbol_sink &sink,
                                  const Cancel &cancel) {
  db_.doing("reading symbols from");
  cancel.check();
  Use use = db_.use(kSymbols);
  use.bind(1, sv(request.symbol)).bind(2, sv(request.source)).bind(3, kit::sql_limit(request.limit));
  stream(use, cancel, SymbolWriter(sink), &symbol_of);
}

void SqliteStorage::query_events(const tdk_event_request &request, const tdk_calendar_sink &sink,
                                 const Cancel &cancel) {
  db_.doing("reading economic events from");
  cancel.check();
  Use use = db_.use(kEvents);
  use.bind(1, request.range.from).bind(2, request.range.to).bind(3, sv(request.country));
  use.bind(4, sv(request.source));
  stream(use, cancel, CalendarWriter(sink), &event_of);
}

}  // namespace tapedeck::sqlite
