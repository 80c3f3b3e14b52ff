/* tapedeck/abi/storage.h - candles and the coverage ledger, in one transaction. */
#ifndef TDK_ABI_STORAGE_H
#define TDK_ABI_STORAGE_H

#include <tapedeck/abi/market.h>
#include <tapedeck/abi/outbox.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_STORAGE "tapedeck.storage/1"

/* The ledger. For one series and source every instant is in one of these states, or, where no entry
 * covers it, was never asked for. */
#define TDK_COVERAGE_PRESENT 1u   /* asked, and the rows are in the store */
#define TDK_COVERAGE_NO_TRADES 2u /* asked, and the vendor is known to have no row there */
#define TDK_COVERAGE_CLOSED 3u    /* outside the sessions of the calendar */
#define TDK_COVERAGE_NONE 4u      /* before the vendor's first or after its last row */
#define TDK_COVERAGE_FAILED 5u    /* asked, and no usable answer came */
typedef struct tdk_coverage {   /* grows: use the stride */
  uint32_t struct_size;
  uint32_t state;               /* TDK_COVERAGE_* */
  tdk_range range;              /* of open times, on the interval's grid */
  tdk_str source;               /* the provider's name in the configuration */
  tdk_status error;             /* FAILED: why; else TDK_OK */
  uint32_t tries;               /* FAILED: how often it was asked so far */
  int64_t next_try;             /* FAILED: not before; TDK_NULL_I64: whenever */
  int64_t updated;              /* when this was learned */
  tdk_str reason;               /* for people; FAILED: the error's text */
} tdk_coverage;
typedef struct tdk_coverage_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_coverage)(void *ctx, const tdk_coverage *first, uint64_t count,
                                    uint64_t stride);
} tdk_coverage_sink;

/* One transaction: all of it or nothing, on disk when the call returns TDK_OK. */
typedef struct tdk_commit {
  uint32_t struct_size;
  uint32_t rank;                /* of the source among the sources of this series; 0 is preferred */
  const tdk_series *series;     /* series->source names who the rows came from */
  tdk_str source_version;       /* plugin id and version, kept with the rows */
  int64_t fetched_at;           /* when the answer came */
  const tdk_candle_batch *batch; /* may be NULL: ledger only */
  const tdk_coverage *coverage; /* ascending, not overlapping; source is series->source */
  uint64_t coverage_count;
  uint64_t coverage_stride;
} tdk_commit;
typedef struct tdk_commit_result {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t inserted;
  uint64_t updated;             /* another value replaced the stored one */
  uint64_t unchanged;
  uint64_t outranked;           /* not stored: a higher-ranked source or a final candle is there */
} tdk_commit_result;

/* Several commits and ticks in one transaction: all of it or nothing. */
typedef struct tdk_commit_batch {
  uint32_t struct_size;
  uint32_t reserved;
  const tdk_commit *commits;    /* of different series and sources, or of the same in this order */
  uint64_t commit_count;
  uint64_t commit_stride;
  tdk_str source;               /* of the quotes */
  tdk_str source_version;
  const tdk_quote *quotes;      /* quotes and trades; each has a sequence, see tdk_storage */
  uint64_t quote_count;
  uint64_t quote_stride;
  const tdk_outbox_event *events; /* only for a storage that offers tapedeck.outbox/1 */
  uint64_t event_count;
  uint64_t event_stride;
} tdk_commit_batch;
typedef struct tdk_quote_request {
  uint32_t struct_size;
  uint32_t flags;               /* TDK_QUOTES_* */
  tdk_str symbol;
  tdk_range range;              /* of `time` */
  uint64_t limit;               /* 0: none */
} tdk_quote_request;
#define TDK_QUOTES_TRADES 1u    /* flag: trades; else quotes */
#define TDK_QUOTES_NEWEST 2u    /* flag: of the range the newest `limit`, still ascending */

/* What is kept of symbols and of the economic calendar, beside the series. */
typedef struct tdk_event_request {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_range range;              /* of `time` */
  tdk_str country;              /* as the source writes it; empty: all */
  tdk_str source;               /* empty: all */
} tdk_event_request;
typedef struct tdk_symbol_request {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_str symbol;               /* canonical; empty: all */
  tdk_str source;               /* empty: all */
  uint64_t limit;               /* 0: none */
} tdk_symbol_request;

typedef struct tdk_series_stat { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t reserved;
  const tdk_series *series;     /* source is empty */
  int64_t first, last;          /* open times; TDK_NULL_I64: no row */
  uint64_t rows;
  uint64_t revisions;           /* former values kept */
} tdk_series_stat;
typedef struct tdk_series_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_series)(void *ctx, const tdk_series_stat *first, uint64_t count,
                                  uint64_t stride);
} tdk_series_sink;

/* A value that was replaced: what it was, from whom, since when known and until when. */
typedef struct tdk_revision {   /* grows: use the stride */
  uint32_t struct_size;
  int32_t price_exp;
  int64_t open_time;
  int64_t open, high, low, close, volume;
  int32_t volume_exp;
  uint32_t reserved;
  tdk_str source;
  int64_t fetched_at;
  int64_t replaced_at;
} tdk_revision;
typedef struct tdk_revision_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_revisions)(void *ctx, const tdk_revision *first, uint64_t count,
                                     uint64_t stride);
} tdk_revision_sink;

/* Every function is [I] and may be NULL (= TDK_NOT_SUPPORTED). A host opens one instance to write
 * and others to read; readers see every commit that returned before their call began.
 *
 * Which value stands when the same open time comes twice: final over forming; a lower rank over a
 * higher one; of one source the later over the earlier. A final value that gives way is kept as a
 * revision. The result is the same whatever the order of the commits of different ranks.
 *
 * Ledger entries replace what the ledger says of the same series and source in their range, and
 * neighbours that say the same become one; but FAILED never replaces another state.
 *
 * Quotes and trades are kept as they came, one row for each (symbol, kind, source, sequence): what
 * comes a second time changes nothing.
 *
 * Symbols have one row for each (source, symbol), economic events one for each (source, id), or, where
 * the source gives no id, (source, time, country, title). What is fetched later replaces the row; what
 * is fetched earlier does not. All rows of one call are stored or none; each needs its symbol or title.
 *
 * TDK_NOT_FOUND: the series is not in the store. TDK_BUSY: locked by someone else, try again.
 * TDK_IO: the medium is full or failing; nothing of the call is stored. */
typedef struct tdk_storage {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_status(TDK_CALL *commit)(void *self, const tdk_commit *commit, tdk_commit_result *out,
                               tdk_error *err);
  /* rows by open time, ascending; a batch ends where source or exponents change */
  tdk_status(TDK_CALL *query)(void *self, const tdk_candle_request *rq, const tdk_candle_sink *sink,
                              const tdk_cancel *cancel, tdk_error *err);
  /* entries that overlap `range`, whole, ordered by source and time; series->source empty: all */
  tdk_status(TDK_CALL *coverage)(void *self, const tdk_series *series, const tdk_range *range,
                                 const tdk_coverage_sink *sink, const tdk_cancel *cancel,
                                 tdk_error *err);
  tdk_status(TDK_CALL *list_series)(void *self, const tdk_series_sink *sink,
                                    const tdk_cancel *cancel, tdk_error *err);
  tdk_status(TDK_CALL *revisions)(void *self, const tdk_series *series, const tdk_range *range,
                                  const tdk_revision_sink *sink, const tdk_cancel *cancel,
                                  tdk_error *err);
  /* retention: drops candles, revisions and ledger before `before` */
  tdk_status(TDK_CALL *remove_before)(void *self, const tdk_series *series, int64_t before,
                                      uint64_t *removed, const tdk_cancel *cancel, tdk_error *err);
  /* `out` counts candles; a host whose storage lacks this commits one by one and keeps no quotes */
  tdk_status(TDK_CALL *commit_batch)(void *self, const tdk_commit_batch *batch,
                                     tdk_commit_result *out, tdk_error *err);
  /* by time, then sequence */
  tdk_status(TDK_CALL *query_quotes)(void *self, const tdk_quote_request *rq,
                                     const tdk_quote_sink *sink, const tdk_cancel *cancel,
                                     tdk_error *err);
  tdk_status(TDK_CALL *store_symbols)(void *self, tdk_str source, int64_t fetched_at,
                                      const tdk_symbol *first, uint64_t count, uint64_t stride,
                                      tdk_error *err);
  /* by symbol, then source; nothing there: TDK_OK and no row */
  tdk_status(TDK_CALL *query_symbols)(void *self, const tdk_symbol_request *rq,
                                      const tdk_symbol_sink *sink, const tdk_cancel *cancel,
                                      tdk_error *err);
  tdk_status(TDK_CALL *store_events)(void *self, tdk_str source, int64_t fetched_at,
                                     const tdk_calendar_event *first, uint64_t count,
                                     uint64_t stride, tdk_error *err);
  /* by time, source, id, country and title; nothing there: TDK_OK and no row */
  tdk_status(TDK_CALL *query_events)(void *self, const tdk_event_request *rq,
                                     const tdk_calendar_sink *sink, const tdk_cancel *cancel,
                                     tdk_error *err);
} tdk_storage;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_STORAGE_H */
