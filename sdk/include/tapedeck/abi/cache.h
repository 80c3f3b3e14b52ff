/* tapedeck/abi/cache.h - DRAFT: a key-value cache with a time to live. */
#ifndef TDK_ABI_CACHE_H
#define TDK_ABI_CACHE_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_CACHE "tapedeck.draft.cache/1"
typedef struct tdk_bytes_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_bytes)(void *ctx, tdk_bytes value, int64_t ttl_left_ns);
} tdk_bytes_sink;
typedef struct tdk_cache {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_status(TDK_CALL *get)(void *self, tdk_str key, const tdk_bytes_sink *sink, tdk_error *err);
  tdk_status(TDK_CALL *set)(void *self, tdk_str key, tdk_bytes value, int64_t ttl_ns, tdk_error *err);
  tdk_status(TDK_CALL *remove)(void *self, tdk_str key, tdk_error *err);
  tdk_status(TDK_CALL *clear)(void *self, tdk_str prefix, uint64_t *removed, tdk_error *err);
} tdk_cache;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_CACHE_H */
