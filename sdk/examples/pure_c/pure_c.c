/* A provider in C99, without any layer: candles made up from the clock, one a minute. What a
 * language with a C interface has to do, and all of it. */
#include <tapedeck/abi.h>

#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60000000000)
#define ROWS 512u

typedef struct {
  const tdk_host *host;
} self_t;

static tdk_status fail(tdk_error *error, tdk_status code, const char *message) {
  if (TDK_HAS(error, message)) {
    error->code = code;
    strncpy(error->message, message, sizeof error->message - 1);
  }
  return code;
}

typedef struct {
  int64_t time[ROWS], open[ROWS], high[ROWS], low[ROWS], close[ROWS], volume[ROWS];
} rows_t;

static tdk_status push(const rows_t *rows, uint64_t count, const tdk_candle_sink *sink) {
  tdk_candle_batch batch;
  memset(&batch, 0, sizeof batch);
  batch.struct_size = sizeof batch;
  batch.count = count;
  batch.price_exp = -2; /* 10000 is 100.00 */
  batch.open_time = rows->time;
  batch.open = rows->open;
  batch.high = rows->high;
  batch.low = rows->low;
  batch.close = rows->close;
  batch.volume = rows->volume;
  return sink->on_batch(sink->ctx, &batch);
}

static tdk_status fetch_candles(void *self, const tdk_candle_request *request,
                                const tdk_candle_sink *sink, const tdk_cancel *cancel,
                                tdk_error *error) {
  const tdk_range range = request->range;
  int64_t at = range.from - range.from % MINUTE + (range.from % MINUTE ? MINUTE : 0);
  uint64_t left = request->limit ? request->limit : UINT64_MAX;
  rows_t rows;
  (void)self;
  if (request->series->interval.unit != TDK_UNIT_MINUTE || request->series->interval.count != 1)
    return fail(error, TDK_NOT_SUPPORTED, "minutes only");
  if ((request->flags & TDK_CANDLES_NEWEST) && left < (uint64_t)((range.to - at) / MINUTE))
    at = range.to - range.to % MINUTE - (int64_t)left * MINUTE + (range.to % MINUTE ? MINUTE : 0);
  while (at < range.to && left > 0) {
    uint64_t n = 0;
    tdk_status status = TDK_CAN(cancel, check) ? cancel->check(cancel) : TDK_OK;
    if (status != TDK_OK) return fail(error, status, "cancelled");
    for (; n < ROWS && at < range.to && left > 0; ++n, --left, at += MINUTE) {
      rows.time[n] = at;
      rows.open[n] = 10000 + at / MINUTE % 100;
      rows.high[n] = rows.open[n] + 100;
      rows.low[n] = rows.open[n] - 100;
      rows.close[n] = rows.open[n] + 50;
      rows.volume[n] = 5;
    }
    /* Whatever the sink answers is what the call returns, at once. */
    if ((status = push(&rows, n, sink)) != TDK_OK) return status;
  }
  return TDK_OK;
}

static const tdk_provider provider = {
    sizeof(tdk_provider), 0, NULL, fetch_candles, NULL, NULL, NULL, NULL, NULL};

static const void *get_interface(void *self, const char *iid) {
  (void)self;
  return strcmp(iid, TDK_IID_PROVIDER) == 0 ? &provider : NULL;
}

static void destroy(void *self) { free(self); }

static tdk_status create(const tdk_host *host, const char *id, const tdk_kv *options,
                         uint64_t option_count, tdk_plugin *out, tdk_error *error) {
  self_t *self = malloc(sizeof *self);
  (void)id;
  (void)options;
  (void)option_count;
  if (self == NULL) return fail(error, TDK_OUT_OF_MEMORY, "out of memory");
  self->host = host;
  out->self = self;
  out->get_interface = get_interface;
  out->destroy = destroy;
  return TDK_OK;
}

static const char *const interfaces[] = {TDK_IID_PROVIDER, NULL};
static const tdk_descriptor descriptor = {sizeof(tdk_descriptor),
                                          0,
                                          "com.example.purec",
                                          "Pure C",
                                          "1.0.0",
                                          "",
                                          "",
                                          "",
                                          "",
                                          interfaces,
                                          0,
                                          0,
                                          NULL,
                                          0,
                                          0};
static const tdk_descriptor *const descriptors[] = {&descriptor, NULL};
static const tdk_module module = {sizeof(tdk_module), TDK_ABI_VERSION, "c99", descriptors, create};

TDK_EXPORT const tdk_module *tdk_plugin_entry_v1(uint32_t host_abi) {
  (void)host_abi;
  return &module;
}
