/* tapedeck/abi/provider.h - a vendor: history, quotes, symbols, calendar, streams. */
#ifndef TDK_ABI_PROVIDER_H
#define TDK_ABI_PROVIDER_H

#include <tapedeck/abi/market.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_PROVIDER "tapedeck.provider/1"

#define TDK_CAP_HISTORY (UINT64_C(1) << 0)
#define TDK_CAP_QUOTES (UINT64_C(1) << 1)
#define TDK_CAP_SYMBOLS (UINT64_C(1) << 2)
#define TDK_CAP_CALENDAR (UINT64_C(1) << 3)
#define TDK_CAP_EARLIEST (UINT64_C(1) << 4)
#define TDK_CAP_STREAM_CANDLES (UINT64_C(1) << 5)
#define TDK_CAP_STREAM_QUOTES (UINT64_C(1) << 6)
#define TDK_CAP_STREAM_UPDATE (UINT64_C(1) << 7) /* takes next_command(); else the host restarts */
#define TDK_CAP_STREAM_TRADES (UINT64_C(1) << 8)

typedef struct tdk_provider_info { /* filled by the plugin through info_sink */
  uint32_t struct_size;
  uint32_t max_instances;       /* 0: any number */
  uint64_t capabilities;        /* TDK_CAP_*, as configured (may depend on the key) */
  const tdk_interval *intervals;
  uint64_t interval_count;
  uint64_t max_candles_per_call; /* 0: unlimited */
  uint32_t requests_per_minute; /* 0: unknown */
  uint32_t max_stream_symbols;  /* series of one run_stream(); 0: unlimited */
  uint32_t credits_per_request; /* what one page of candles costs in the tightest budget; 0: 1 */
  uint32_t reserved;
} tdk_provider_info;
typedef struct tdk_provider_info_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_info)(void *ctx, const tdk_provider_info *info);
} tdk_provider_info_sink;

#define TDK_STREAM_CONNECTED 1u  /* every series is subscribed: from now on nothing is missed */
#define TDK_STREAM_RECONNECTING 2u
#define TDK_STREAM_GAP 3u        /* data lost in `range`: the host backfills it */
#define TDK_STREAM_HEARTBEAT 4u  /* the vendor lives, and has nothing to say */
#define TDK_STREAM_EXPIRES 5u    /* the vendor ends this connection at range.to: before that the host
                                    opens another, and ends this one when the other has CONNECTED */
#define TDK_STREAM_REJECTED 6u   /* the vendor has no such series; the others go on */
typedef struct tdk_stream_event {
  uint32_t struct_size;
  uint32_t kind;                /* TDK_STREAM_* */
  const tdk_series *series;     /* NULL: all */
  tdk_range range;
  tdk_str detail;
} tdk_stream_event;
#define TDK_STREAM_ADD 1u
#define TDK_STREAM_REMOVE 2u
typedef struct tdk_stream_command {
  uint32_t struct_size;
  uint32_t kind;                /* 0: none */
  const tdk_series *series;     /* valid until the next next_command() */
} tdk_stream_command;
typedef struct tdk_stream_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_candles)(void *ctx, const tdk_series *series, const tdk_candle_batch *batch);
  tdk_status(TDK_CALL *on_quotes)(void *ctx, const tdk_quote *first, uint64_t count, uint64_t stride);
  tdk_status(TDK_CALL *on_event)(void *ctx, const tdk_stream_event *event);
  /* caller sets out->struct_size; out->kind == 0 when there is nothing to do */
  tdk_status(TDK_CALL *next_command)(void *ctx, tdk_stream_command *out);
} tdk_stream_sink;
/* What is asked for: a series with an interval for its candles, forming and final; with
 * interval.unit == 0 and TDK_PRICE_TRADE for the trades of the symbol, TDK_PRICE_MID for its quotes. */
typedef struct tdk_stream_request {
  uint32_t struct_size;
  uint32_t flags;
  const tdk_series *series;
  uint64_t series_count;
  uint64_t series_stride;
} tdk_stream_request;

/* Every function is [I] and may be NULL (= TDK_NOT_SUPPORTED). `self` is tdk_plugin.self.
 *
 * fetch_candles answers for request->range of open times, in ascending order, nothing outside it, at
 * most request->limit rows; a candle that is not closed yet carries TDK_CANDLE_FORMING. Absent slots
 * are left out, never filled. No row at all and TDK_OK = the vendor answered, and has none there.
 * TDK_NOT_FOUND: no such symbol. TDK_BAD_DATA: what the vendor sent cannot be used (the host asks
 * again). A provider does not retry, sleep or cache: the host does. */
typedef struct tdk_provider {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_status(TDK_CALL *info)(void *self, const tdk_provider_info_sink *sink, tdk_error *err);
  tdk_status(TDK_CALL *fetch_candles)(void *self, const tdk_candle_request *rq,
                                      const tdk_candle_sink *sink, const tdk_cancel *cancel,
                                      tdk_error *err);
  tdk_status(TDK_CALL *fetch_quotes)(void *self, const tdk_str *symbols, uint64_t count,
                                     const tdk_quote_sink *sink, const tdk_cancel *cancel,
                                     tdk_error *err);
  tdk_status(TDK_CALL *search_symbols)(void *self, tdk_str query, uint64_t limit,
                                       const tdk_symbol_sink *sink, const tdk_cancel *cancel,
                                       tdk_error *err);
  tdk_status(TDK_CALL *fetch_calendar)(void *self, const tdk_range *range, tdk_str country,
                                       const tdk_calendar_sink *sink, const tdk_cancel *cancel,
                                       tdk_error *err);
  tdk_status(TDK_CALL *earliest)(void *self, const tdk_series *series, int64_t *out,
                                 const tdk_cancel *cancel, tdk_error *err);
  /* Runs until cancelled (TDK_CANCELLED) or until the connection is lost (TDK_UNAVAILABLE, or what the
   * vendor said); it never reconnects, sleeps or retries: that is the host's. Data goes to the sink as
   * it comes, in the vendor's order, on the calling thread; symbols are those of the request. */
  tdk_status(TDK_CALL *run_stream)(void *self, const tdk_stream_request *rq,
                                   const tdk_stream_sink *sink, const tdk_cancel *cancel,
                                   tdk_error *err);
} tdk_provider;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_PROVIDER_H */
