/* tapedeck/abi/host.h - what every instance gets from its host: log, clock, sleep, metrics. */
#ifndef TDK_ABI_HOST_H
#define TDK_ABI_HOST_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_LOG_TRACE 0
#define TDK_LOG_DEBUG 1
#define TDK_LOG_INFO 2
#define TDK_LOG_WARN 3
#define TDK_LOG_ERROR 4

typedef struct tdk_host tdk_host;
struct tdk_host {               /* one per instance, valid until destroy() has returned */
  uint32_t struct_size;
  uint32_t abi_version;         /* the host's TDK_ABI_VERSION */
  void *ctx;                    /* the host's; pass `self` back, never touch ctx */
  const char *name;
  const char *version;
  /* [T] optional services by id, NULL if this host has none of it; valid as long as tdk_host */
  const void *(TDK_CALL *get_interface)(const tdk_host *self, const char *iid);
  /* [T] cheap; ask before you format */
  int32_t(TDK_CALL *log_enabled)(const tdk_host *self, int32_t level);
  /* [T] `fields` may be NULL; the host copies */
  void(TDK_CALL *log)(const tdk_host *self, int32_t level, const char *msg, uint64_t msg_size,
                      const tdk_kv *fields, uint64_t field_count);
  int64_t(TDK_CALL *now_ns)(const tdk_host *self);       /* [T] wall clock (tests fake it) */
  int64_t(TDK_CALL *monotonic_ns)(const tdk_host *self); /* [T] */
  /* [T] sleep up to `ns`, return early when cancelled: the only sleep a plugin needs */
  tdk_status(TDK_CALL *sleep_ns)(const tdk_host *self, int64_t ns, const tdk_cancel *cancel);
};

#define TDK_IID_HOST_METRICS "tapedeck.host.metrics/1"
typedef struct tdk_host_metrics {
  uint32_t struct_size;
  uint32_t reserved;
  /* [T] registers on first use, returns a handle for the hot path; 0: refused */
  uint64_t(TDK_CALL *counter)(const tdk_host *h, const char *name, const tdk_kv *labels, uint64_t n);
  uint64_t(TDK_CALL *gauge)(const tdk_host *h, const char *name, const tdk_kv *labels, uint64_t n);
  uint64_t(TDK_CALL *histogram)(const tdk_host *h, const char *name, const tdk_kv *labels, uint64_t n);
  void(TDK_CALL *record)(const tdk_host *h, uint64_t handle, double value); /* add / set / observe */
} tdk_host_metrics;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_HOST_H */
