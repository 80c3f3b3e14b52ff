/* tapedeck/abi/market.h - series, candles in columns, quotes, symbols, economic events. */
#ifndef TDK_ABI_MARKET_H
#define TDK_ABI_MARKET_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tdk_series {
  uint32_t struct_size;
  uint32_t price_type;          /* TDK_PRICE_* */
  tdk_str source;               /* the provider's name in the configuration; empty when asked of a provider */
  tdk_str symbol;               /* canonical: "BTC/USDT", "EUR/USD", "AAPL"; a provider maps it to its own */
  tdk_interval interval;
  uint32_t adjustment;          /* TDK_ADJ_* */
  uint32_t reserved;
} tdk_series;
#define TDK_PRICE_TRADE 0u
#define TDK_PRICE_BID 1u
#define TDK_PRICE_ASK 2u
#define TDK_PRICE_MID 3u
#define TDK_ADJ_RAW 0u
#define TDK_ADJ_SPLIT 1u
#define TDK_ADJ_ALL 2u

/* Columns, not rows: `count` cells each. A NULL column is absent. Every column is a plain
 * contiguous little-endian int64/uint32 array, i.e. bit-identical to the data buffer of an Arrow
 * array: open_time = timestamp[ns, UTC] ("tsn:UTC"), prices = decimal64(18, -price_exp)
 * ("d:18,S,64") or int64 ("l"). New columns are appended to this struct. */
typedef struct tdk_candle_batch {
  uint32_t struct_size;
  uint32_t flags;               /* 0 */
  uint64_t count;
  int32_t price_exp;            /* of open, high, low, close, vwap */
  int32_t volume_exp;
  int32_t turnover_exp;
  uint32_t reserved;
  const int64_t *open_time;     /* required, strictly ascending */
  const int64_t *open;          /* required */
  const int64_t *high;          /* required */
  const int64_t *low;           /* required */
  const int64_t *close;         /* required */
  const int64_t *volume;        /* base volume; cell may be TDK_NULL_I64 */
  const int64_t *turnover;      /* quote volume */
  const int64_t *trades;        /* number of trades */
  const uint32_t *state;        /* TDK_CANDLE_* bits; absent: all final */
  tdk_str source;               /* who the rows came from; set by storages, empty from providers */
  int64_t fetched_at;           /* when; set by storages, 0 from providers */
} tdk_candle_batch;
#define TDK_CANDLE_FORMING 1u   /* not closed yet */
#define TDK_CANDLE_SYNTHETIC 2u /* filled in, no trade seen */
#define TDK_CANDLE_REVISED 4u   /* replaces an earlier value */

typedef struct tdk_candle_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_batch)(void *ctx, const tdk_candle_batch *batch);
} tdk_candle_sink;

typedef struct tdk_candle_request {
  uint32_t struct_size;
  uint32_t flags;               /* TDK_CANDLES_* */
  const tdk_series *series;
  tdk_range range;              /* of open_time */
  uint64_t limit;               /* 0: none */
  uint64_t batch_hint;          /* preferred rows per batch, 0: the plugin's choice */
} tdk_candle_request;
#define TDK_CANDLES_NEWEST 1u   /* flag: of the range the newest `limit`, still in ascending order */

/* A look at the book, or a trade (TDK_QUOTE_TRADE: `last` and `last_size` are it, bid and ask unknown). */
typedef struct tdk_quote {      /* grows: use the stride */
  uint32_t struct_size;
  uint32_t flags;               /* TDK_QUOTE_* */
  tdk_str symbol;
  int64_t time;
  int32_t price_exp;
  int32_t size_exp;
  int64_t bid, ask, last;       /* TDK_NULL_I64: unknown */
  int64_t bid_size, ask_size, last_size;
  int64_t volume;               /* traded in the last 24 h or session, base units; TDK_NULL_I64: unknown */
  int32_t volume_exp;
  uint32_t reserved;
  int64_t sequence;             /* the vendor's number, ascending per symbol and kind: trade id, update
                                   id; TDK_NULL_I64: it gives none */
  int64_t trades;               /* TRADE: single trades in this one; TDK_NULL_I64: unknown */
} tdk_quote;
#define TDK_QUOTE_TRADE 1u
#define TDK_QUOTE_BUY 2u        /* TRADE: the aggressor bought */
#define TDK_QUOTE_SELL 4u       /* TRADE: the aggressor sold */
#define TDK_QUOTE_HOST_TIME 8u  /* the vendor gives no time: `time` is the host's at arrival */
typedef struct tdk_quote_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_quotes)(void *ctx, const tdk_quote *first, uint64_t count, uint64_t stride);
} tdk_quote_sink;

typedef struct tdk_symbol {     /* grows: use the stride */
  uint32_t struct_size;
  uint32_t asset_class;         /* TDK_ASSET_* */
  tdk_str symbol;               /* canonical */
  tdk_str name, exchange, currency, country, isin;
  int32_t price_exp;            /* tick precision, 0 with price_exp_known == 0: unknown */
  uint32_t price_exp_known;
  int64_t earliest;             /* TDK_NULL_I64: unknown */
  tdk_str vendor_symbol;        /* the vendor's own notation: "BTCUSDT"; empty: the same */
  uint32_t status;              /* TDK_SYMBOL_* */
  uint32_t reserved;
  tdk_str source;               /* who said so; set by storages, empty from providers */
  int64_t fetched_at;           /* when; set by storages, 0 from providers */
} tdk_symbol;
#define TDK_SYMBOL_UNKNOWN 0u
#define TDK_SYMBOL_TRADING 1u
#define TDK_SYMBOL_HALTED 2u    /* listed, not traded at the moment */
#define TDK_SYMBOL_DELISTED 3u
#define TDK_ASSET_OTHER 0u
#define TDK_ASSET_EQUITY 1u
#define TDK_ASSET_ETF 2u
#define TDK_ASSET_INDEX 3u
#define TDK_ASSET_FX 4u
#define TDK_ASSET_CRYPTO 5u
#define TDK_ASSET_FUTURE 6u
#define TDK_ASSET_OPTION 7u
#define TDK_ASSET_BOND 8u
#define TDK_ASSET_COMMODITY 9u
typedef struct tdk_symbol_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_symbols)(void *ctx, const tdk_symbol *first, uint64_t count, uint64_t stride);
} tdk_symbol_sink;

typedef struct tdk_calendar_event { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t importance;          /* 0 unknown, 1 low, 2 medium, 3 high */
  int64_t time;
  tdk_str id, title, country, currency, unit;
  tdk_decimal actual, forecast, previous;
  tdk_str source;               /* who said so; set by storages, empty from providers */
  int64_t fetched_at;           /* when; set by storages, 0 from providers */
} tdk_calendar_event;
typedef struct tdk_calendar_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_events)(void *ctx, const tdk_calendar_event *first, uint64_t count,
                                  uint64_t stride);
} tdk_calendar_sink;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_MARKET_H */
