// The store as the host sees it: one connection, the functions of tapedeck.storage/1, of tapedeck.outbox/1 and of
// tapedeck.transfer/1.
//
// Lifecycle: the constructor connects and, unless it is read-only, migrates. A connection that is lost is made
// again by the next call. Threads: one call at a time. The host opens one instance to write and others to
// read: they are the pool of connections. Several hosts may write.
// Failures: tapedeck::Error, with the status abi/storage.h names; a call that fails stored nothing.
#pragma once

#include "candle_writer.hpp"
#include "catalogue.hpp"
#include "kit/storage/outbox_check.hpp"
#include "partitions.hpp"
#include "schema.hpp"
#include "transaction.hpp"

namespace tapedeck::postgres {

inline constexpr const char *kInterfaces[] = {TDK_IID_STORAGE, TDK_IID_OUTBOX, TDK_IID_TRANSFER, nullptr};

class PostgresStorage {
 public:
  static constexpr tdk_descriptor descriptor = [] {
    tdk_descriptor d = describe("postgres", "PostgreSQL", "0.1.0", kInterfaces, kOptions);
    d.vendor = "Tapedeck";
    d.license = "Apache-2.0";
    d.description = "Candles, ticks and coverage in PostgreSQL, with TimescaleDB where it is there";
    return d;
  }();

  PostgresStorage(Host host, Config config);

  void commit(const tdk_commit &commit, tdk_commit_result &out);
  void commit_batch(const tdk_commit_batch &batch, tdk_commit_result &out);
  void query(const tdk_candle_request &request, const tdk_candle_sink &sink, const Cancel &cancel);
  void query_quotes(const tdk_quote_request &request, const tdk_quote_sink &sink, const Cancel &cancel);
  void coverage(const tdk_series &series, const tdk_range &range, const tdk_coverage_sink &sink, const Cancel &cancel);
  void list_series(const tdk_series_sink &sink, const Cancel &cancel);
  void revisions(const tdk_series &series, const tdk_range &range, const tdk_revision_sink &sink, const Cancel &cancel);
  void store_symbols(std::string_view source, std::int64_t fetched_at, const Rows<tdk_symbol> &rows);
  void query_symbols(const tdk_symbol_request &request, const tdk_symbol_sink &sink, const Cancel &cancel);
  void store_events(std::string_view source, std::int64_t fetched_at, const Rows<tdk_calendar_event> &rows);
  void query_events(const tdk_event_request &request, const tdk_calendar_sink &sink, const Cancel &cancel);
  std::uint64_t remove_before(const tdk_series &series, std::int64_t before, const Cancel &cancel);
  void health();

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

 private:
  struct CheckedCommit;
  void write(const std::vector<CheckedCommit> &commits, const tdk_commit_batch *batch, tdk_commit_result &out);
  void prepare_write(const std::vector<CheckedCommit> &commits);
  void obtain_names(const std::vector<CheckedCommit> &commits, const tdk_commit_batch *ticks);
  Tally store(const std::vector<CheckedCommit> &commits, kit::StoredRows *stored);
  void lock_series(std::vector<std::int64_t> ids);
  void retire_old();
  std::uint64_t remove_some(std::int64_t series, std::int64_t before, bool &more);
  std::uint64_t write_kept(const tdk_series &series, const Rows<tdk_kept_candles> &kept);
  std::int64_t require_series(const tdk_series &series);
  std::int64_t require_symbol(std::string_view name);
  void need_writable(const char *task);
  // `body` gets a flag that it sets when it has handed on the first row.
  void read(const char *task, const Cancel &cancel, const std::function<void(bool &)> &body);
  template <class T>
  void write_facts(const char *sql, std::string_view source, std::int64_t fetched_at, const Rows<T> &rows);

  Host host_;
  Settings settings_;
  Connection db_;
  Catalogue catalogue_;
  Partitions partitions_;
  Layout layout_ = Layout::Partitions;
  std::uint64_t staged_session_ = 0, kept_session_ = 0;  // that have their staging tables
  std::int64_t last_retired_ = INT64_MIN / 2;
  Metric commit_seconds_, rows_, ticks_, connections_;
};

}  // namespace tapedeck::postgres
