/* tapedeck/abi/base.h - versions, growth macros, statuses, small values and cancellation. */
#ifndef TDK_ABI_BASE_H
#define TDK_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#define TDK_ABI_MAJOR 1u
#ifndef TDK_ABI_MINOR              /* overridden only by the freeze tests */
#define TDK_ABI_MINOR 0u
#endif
#define TDK_ABI_VERSION ((TDK_ABI_MAJOR << 16) | TDK_ABI_MINOR)

/* The one symbol a plugin exports. The major is in the name: a v2 host looks for _v2 then _v1. */
#define TDK_ENTRY_NAME "tdk_plugin_entry_v1"

#if defined(_WIN32)
#define TDK_CALL __cdecl
#define TDK_EXPORT __declspec(dllexport)
#else
#define TDK_CALL
#define TDK_EXPORT __attribute__((visibility("default")))
#endif

/* May `field` of *p be touched? True when the struct was filled by a side that knows the field. */
#ifdef __cplusplus
#include <type_traits>
/* A function, so that compilers do not warn where `p` is known not to be null. */
template <class T> inline bool tdk_reaches(const T *p, size_t end) {
  return p != nullptr && p->struct_size >= end;
}
#define TDK_HAS(p, field)                                                                       \
  tdk_reaches((p), offsetof(std::remove_reference<decltype(*(p))>::type, field) + sizeof((p)->field))
#else
#define TDK_HAS(p, field)                                                                       \
  ((p) != NULL && (size_t)(p)->struct_size >=                                                   \
                      (size_t)((const char *)&(p)->field - (const char *)(p)) + sizeof((p)->field))
#endif
/* ...and, for an optional function pointer, is it there? */
#define TDK_CAN(p, fn) (TDK_HAS(p, fn) && (p)->fn)

#define TDK_NULL_I64 INT64_MIN     /* "no value" in an optional int64 cell */

#ifdef __cplusplus
extern "C" {
#endif

/* Status and errors. */
typedef int32_t tdk_status; /* unknown values are treated as TDK_INTERNAL */
#define TDK_OK 0
#define TDK_CANCELLED 1         /* the cancel token fired */
#define TDK_TIMEOUT 2           /* the deadline passed */
#define TDK_STOP 3              /* a sink wants no more; not an error */
#define TDK_INVALID_ARGUMENT 4
#define TDK_NOT_FOUND 5
#define TDK_NOT_SUPPORTED 6
#define TDK_UNAUTHENTICATED 7
#define TDK_PERMISSION_DENIED 8
#define TDK_RATE_LIMITED 9      /* see tdk_error.retry_after_ms */
#define TDK_UNAVAILABLE 10      /* transient: network, 5xx; retry with backoff */
#define TDK_IO 11
#define TDK_BAD_DATA 12         /* the upstream sent something unusable */
#define TDK_INTERNAL 13         /* a bug: unexpected exception, broken invariant */
#define TDK_OUT_OF_MEMORY 14
#define TDK_BUSY 15
#define TDK_INCOMPATIBLE 16     /* version or interface mismatch */

typedef struct tdk_error {      /* caller-owned, no pointers, nothing to free; caller zeroes it */
  uint32_t struct_size;
  tdk_status code;
  int64_t retry_after_ms;       /* <= 0: unknown */
  int32_t upstream_code;        /* e.g. the HTTP status, 0: none */
  uint32_t reserved;
  char message[488];            /* NUL-terminated UTF-8, truncated to fit */
} tdk_error;                    /* 512 bytes */

/* Small values: FROZEN, they never change. */
typedef struct tdk_str { const char *data; uint64_t size; } tdk_str;
typedef struct tdk_bytes { const uint8_t *data; uint64_t size; } tdk_bytes;
typedef struct tdk_kv { tdk_str key; tdk_str value; } tdk_kv;
typedef struct tdk_range { int64_t from; int64_t to; } tdk_range;
typedef struct tdk_decimal { int64_t mantissa; int32_t exp; uint32_t present; } tdk_decimal;
typedef struct tdk_interval { uint32_t unit; uint32_t count; } tdk_interval;
#define TDK_UNIT_SECOND 1u
#define TDK_UNIT_MINUTE 2u
#define TDK_UNIT_HOUR 3u
#define TDK_UNIT_DAY 4u
#define TDK_UNIT_WEEK 5u
#define TDK_UNIT_MONTH 6u

/* Cancellation. */
typedef struct tdk_cancel tdk_cancel;
struct tdk_cancel {
  uint32_t struct_size;
  int32_t wait_fd;              /* readable once cancelled, for poll(); -1: none */
  void *ctx;
  int64_t deadline_mono_ns;     /* on the host's monotonic clock; INT64_MAX: none */
  /* [T] TDK_OK, TDK_CANCELLED or TDK_TIMEOUT */
  tdk_status(TDK_CALL *check)(const tdk_cancel *self);
};

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_BASE_H */
