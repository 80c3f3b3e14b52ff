/* tapedeck/abi/eventsink.h - where events are published to. */
#ifndef TDK_ABI_EVENTSINK_H
#define TDK_ABI_EVENTSINK_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_EVENTSINK "tapedeck.eventsink/1"

typedef struct tdk_event {      /* grows: use the stride */
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t id;                  /* of the outbox: the same event comes again under the same id */
  int64_t time;                 /* of what it tells of */
  tdk_str type;                 /* "candle", "tick", "finding", "source": into which topic */
  tdk_str key;                  /* events of one key stay in order */
  tdk_str payload;              /* UTF-8, JSON: the envelope of docs/API.md */
} tdk_event;
typedef struct tdk_event_failure_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  /* why event `index` was not taken; for every event whose status is not TDK_OK, once */
  tdk_status(TDK_CALL *on_failure)(void *ctx, uint64_t index, tdk_status status, tdk_str why);
} tdk_event_failure_sink;

/* `publish` is [I] and may not be NULL. */
typedef struct tdk_eventsink {
  uint32_t struct_size;
  uint32_t reserved;
  /* Returns when it is known of every event what became of it, or the sink cannot be used. An event for which
   * `failures` was not called has been acknowledged by the other side, as durably as it is set up to. A failure says
   *   TDK_INVALID_ARGUMENT, TDK_BAD_DATA: this event will never be taken (too large, say); those behind it go on;
   *   anything else: try again. Every later event of the same key fails so too: what is tried again comes in order.
   *   It may have arrived all the same.
   * TDK_OK: all of this was said, whatever it was. Any other status: the sink cannot be used at present, and what was
   * not acknowledged before has failed, with or without a call of `failures`: nothing counts as acknowledged. */
  tdk_status(TDK_CALL *publish)(void *self, const tdk_event *first, uint64_t count, uint64_t stride,
                                const tdk_event_failure_sink *failures, const tdk_cancel *cancel,
                                tdk_error *err);
} tdk_eventsink;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_EVENTSINK_H */
