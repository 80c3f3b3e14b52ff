/* tapedeck/abi/quality.h - DRAFT: a monitor that looks at candles and reports findings. */
#ifndef TDK_ABI_QUALITY_H
#define TDK_ABI_QUALITY_H

#include <tapedeck/abi/market.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_QUALITY "tapedeck.draft.quality/1"
typedef struct tdk_finding {    /* grows: use the stride */
  uint32_t struct_size;
  uint32_t severity;            /* 1 info, 2 warning, 3 error */
  tdk_str rule;                 /* stable id, "gap", "ohlc-order" */
  tdk_range range;              /* the time the finding is about */
  uint64_t first_row, row_count; /* rows of the batch; row_count 0: none */
  tdk_str message;
} tdk_finding;
typedef struct tdk_finding_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_findings)(void *ctx, const tdk_finding *first, uint64_t count, uint64_t stride);
} tdk_finding_sink;
typedef struct tdk_quality {
  uint32_t struct_size;
  uint32_t reserved;
  /* `before`: up to a few rows that precede the batch, may be NULL */
  tdk_status(TDK_CALL *inspect)(void *self, const tdk_series *series, const tdk_candle_batch *before,
                                const tdk_candle_batch *batch, const tdk_finding_sink *sink,
                                tdk_error *err);
} tdk_quality;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_QUALITY_H */
