/* tapedeck/abi/transfer.h - all that a storage keeps, as it is kept, from one storage into another. */
#ifndef TDK_ABI_TRANSFER_H
#define TDK_ABI_TRANSFER_H

#include <tapedeck/abi/market.h>
#include <tapedeck/abi/storage.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_TRANSFER "tapedeck.transfer/1"

/* Candles with all that is known of them. One batch has one source, rank, version, time of fetching and pair of
 * exponents. */
typedef struct tdk_kept_candles {
  uint32_t struct_size;
  uint32_t rank;
  tdk_str source_version;
  const tdk_candle_batch *batch; /* with source and fetched_at; former values: ascending, not strictly */
  const int64_t *replaced_at;   /* a column: they are former values; NULL: they stand */
} tdk_kept_candles;
typedef struct tdk_kept_candle_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_candles)(void *ctx, const tdk_kept_candles *kept);
} tdk_kept_candle_sink;

/* Quotes and trades of one symbol, source and version. */
typedef struct tdk_kept_quotes {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_str source, source_version;
  const tdk_quote *quotes;      /* by kind, then time, then sequence */
  uint64_t count, stride;
} tdk_kept_quotes;
typedef struct tdk_kept_quote_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_quotes)(void *ctx, const tdk_kept_quotes *kept);
} tdk_kept_quote_sink;

typedef struct tdk_text_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_texts)(void *ctx, const tdk_str *first, uint64_t count);
} tdk_text_sink;

/* Offered by a storage beside tapedeck.storage/1, by the same instance. Every function is [I]; none may be NULL. The
 * statuses are those of tdk_storage; TDK_NOT_FOUND also: no ticks of the symbol. The ledger crosses by
 * tdk_storage.coverage and commit, symbols and economic events by their own functions, which keep all there is to
 * them; these are for what those functions do not tell or decide anew. */
typedef struct tdk_transfer {
  uint32_t struct_size;
  uint32_t reserved;
  /* The standing candles of the range by open time; after them its former values by open time, those of one in the
   * order in which they gave way. */
  tdk_status(TDK_CALL *read_candles)(void *self, const tdk_series *series, const tdk_range *range,
                                     const tdk_kept_candle_sink *sink, const tdk_cancel *cancel,
                                     tdk_error *err);
  /* One transaction. Nothing is judged: the rows are stored as they are said to be. A row that is there in the same
   * way is passed over, so that a copy can be repeated: a standing value is told by open time, a former one by open time,
   * replaced_at, source and cells. TDK_INVALID_ARGUMENT, and nothing stored: another value, or that of another source
   * or rank, stands at one of the open times. `written`: rows that were new here. */
  tdk_status(TDK_CALL *write_candles)(void *self, const tdk_series *series,
                                      const tdk_kept_candles *first, uint64_t count,
                                      uint64_t stride, uint64_t *written, tdk_error *err);
  /* Symbols of which there are ticks, by name. */
  tdk_status(TDK_CALL *tick_symbols)(void *self, const tdk_text_sink *sink, const tdk_cancel *cancel,
                                     tdk_error *err);
  /* tdk_storage.commit_batch writes them. Sources and versions may come in turns. */
  tdk_status(TDK_CALL *read_quotes)(void *self, tdk_str symbol, const tdk_range *range,
                                    const tdk_kept_quote_sink *sink, const tdk_cancel *cancel,
                                    tdk_error *err);
} tdk_transfer;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_TRANSFER_H */
