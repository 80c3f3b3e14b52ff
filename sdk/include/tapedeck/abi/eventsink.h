/* tapedeck/abi/eventsink.h - DRAFT: where events are published to. */
#ifndef TDK_ABI_EVENTSINK_H
#define TDK_ABI_EVENTSINK_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_EVENTSINK "tapedeck.draft.eventsink/1"
typedef struct tdk_event {      /* grows: use the stride */
  uint32_t struct_size;
  uint32_t severity;
  uint64_t sequence;
  int64_t time;
  tdk_str type;                 /* "candles.stored", "provider.down" */
  tdk_str subject;
  tdk_str json;                 /* the payload */
} tdk_event;
typedef struct tdk_eventsink {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_status(TDK_CALL *publish)(void *self, const tdk_event *first, uint64_t count, uint64_t stride,
                                tdk_error *err);
  tdk_status(TDK_CALL *flush)(void *self, const tdk_cancel *cancel, tdk_error *err);
} tdk_eventsink;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_EVENTSINK_H */
