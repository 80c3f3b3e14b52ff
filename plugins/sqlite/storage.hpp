// The store as the host sees it: one connection, the functions of tapedeck.storage/1, outbox/1 and
// transfer/1.
//
// Threads: one call at a time. The host opens one instance to write and others to read.
// Failures: tapedeck::Error, with the status abi/storage.h names; a call that fails stored nothing.
#pragma once

#include "candles.hpp"
#include "catalogue.hpp"
#include "open.hpp"
#include "ticks.hpp"
#include "wal_keeper.hpp"

namespace tapedeck::sqlite {

inline constexpr const char *kInterfaces[] = {TDK_IID_STORAGE, TDK_IID_OUTBOX, TDK_IID_TRANSFER, nullptr};

class SqliteStorage {
 public:
  static constexpr tdk_descriptor descriptor = [] {
    tdk_descriptor d = describe("sqlite", "SQLite", "0.1.0", kInterfaces, kOptions);
    d.vendor = "Tapedeck";
    d.license = "Apache-2.0";
    d.description = "Candles, ticks and coverage in one SQLite file";
    return d;
  }();

  SqliteStorage(Host host, Config config);

  void commit(const tdk_commit &commit, tdk_commit_result &out);
  void commit_batch(const tdk_commit_batch &batch, tdk_commit_result &out);
  void query(const tdk_candle_request &request, const tdk_candle_sink &sink, const Cancel &cancel);
  void query_quotes(const tdk_quote_request &request, const tdk_quote_sink &sink,
                    const Cancel &cancel);
  void coverage(const tdk_series &series, const tdk_range &range, const tdk_coverage_sink &sink,
                const Cancel &cancel);
  void list_series(const tdk_series_sink &sink, const Cancel &cancel);
  void revisions(const tdk_series &series, const tdk_range &range, const tdk_revision_sink &sink,
                 const Cancel &cancel);
  void store_symbols(std::string_view source, std::int64_t fetched_at, const Rows<tdk_symbol> &rows);
  void query_symbols(const tdk_symbol_request &request, const tdk_symbol_sink &sink,
                     const Cancel &cancel);
  void store_events(std::string_view source, std::int64_t fetched_at,
                    const Rows<tdk_calendar_event> &rows);
  void query_events(const tdk_event_request &request, const tdk_calendar_sink &sink,
                    const Cancel &cancel);
  void claim_outbox(std::string_view sink, std::string_view owner, std::int64_t now, std::int64_t until);
  void read_outbox(const tdk_outbox_request &request, const tdk_outbox_sink &sink, const Cancel &cancel);
  void settle_outbox(const Rows<tdk_outbox_outcome> &outcomes);
  std::uint64_t replay_outbox(const tdk_outbox_request &request);
  std::uint64_t purge_outbox(const tdk_outbox_request &request);
  void stat_outbox(const tdk_outbox_stat_sink &sink, const Cancel &cancel);

  void read_kept_candles(const tdk_series &series, const tdk_range &range, const tdk_kept_candle_sink &sink,
                         const Cancel &cancel);
  std::uint64_t write_kept_candles(const tdk_series &series, const Rows<tdk_kept_candles> &kept);
  void tick_symbols(const tdk_text_sink &sink, const Cancel &cancel);
  void read_kept_quotes(std::string_view symbol, const tdk_range &range, const tdk_kept_quote_sink &sink,
                        const Cancel &cancel);

  std::uint64_t remove_before(const tdk_series &series, std::int64_t before, const Cancel &cancel);
  void health();

 private:
  struct CheckedCommit;
  void write(const std::vector<CheckedCommit> &commits, const tdk_commit_batch *batch,
             tdk_commit_result &out);
  Tally store(const CheckedCommit &commit, kit::StoredRows::Marks *stored);
  std::int64_t require_symbol(std::string_view symbol);
  std::int64_t require_series(const tdk_series &series);
  std::uint64_t remove_some(std::int64_t series, std::int64_t before, bool &more);
  void need_writable(const char *task);
  template <class Change>
  void change_outbox(Change &&change);
  template <class T>
  void write_facts(std::string_view source, std::int64_t fetched_at, const Rows<T> &rows);

  Host host_;
  Settings settings_;
  Database db_;
  WalKeeper wal_;
  Catalogue catalogue_;
  TickWriter tick_writer_;
  Metric commit_seconds_, rows_, ticks_;
};

}  // namespace tapedeck::sqlite
