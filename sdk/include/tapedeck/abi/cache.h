/* tapedeck/abi/cache.h - bytes under a key, for a while. */
#ifndef TDK_ABI_CACHE_H
#define TDK_ABI_CACHE_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_CACHE "tapedeck.cache/1"

typedef struct tdk_bytes_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  /* called once at most; ttl_left_ns is above 0 */
  tdk_status(TDK_CALL *on_bytes)(void *ctx, tdk_bytes value, int64_t ttl_left_ns);
} tdk_bytes_sink;

/* Every function is [I] and may be NULL (= TDK_NOT_SUPPORTED); without `get` and `set` it is no cache.
 *
 * Keys are UTF-8 and not empty; values are any bytes, also none. A cache may forget anything at any time, and
 * may be shared with other hosts: who reads checks the bytes. A value that is set is found by every later `get`,
 * of any host, until its time is over, or it is removed or forgotten; never longer.
 *
 * A cache that cannot be reached answers TDK_UNAVAILABLE or TDK_TIMEOUT, and soon: the host goes on without it,
 * and asks again with the next call. It says so in the log once when it is gone and once when it is back. */
typedef struct tdk_cache {
  uint32_t struct_size;
  uint32_t reserved;
  /* TDK_NOT_FOUND: nothing there, and the sink was not called */
  tdk_status(TDK_CALL *get)(void *self, tdk_str key, const tdk_bytes_sink *sink,
                            const tdk_cancel *cancel, tdk_error *err);
  /* takes the place of what is there; ttl_ns <= 0: removes it. What is too large is not kept, and that is
   * TDK_OK; then nothing is left of the value before either. */
  tdk_status(TDK_CALL *set)(void *self, tdk_str key, tdk_bytes value, int64_t ttl_ns,
                            const tdk_cancel *cancel, tdk_error *err);
  /* TDK_OK also when nothing was there */
  tdk_status(TDK_CALL *remove)(void *self, tdk_str key, const tdk_cancel *cancel, tdk_error *err);
  /* all keys that begin with `prefix`, byte by byte; empty: everything of this host's deployment. `removed`
   * counts them. What is set meanwhile may stay. */
  tdk_status(TDK_CALL *clear)(void *self, tdk_str prefix, uint64_t *removed,
                              const tdk_cancel *cancel, tdk_error *err);
} tdk_cache;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_CACHE_H */
