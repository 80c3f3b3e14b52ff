/* tapedeck/abi/http.h - HTTP done by the host, and the budgets of a vendor account. */
#ifndef TDK_ABI_HTTP_H
#define TDK_ABI_HTTP_H

#include <tapedeck/abi/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_HOST_HTTP "tapedeck.host.http/1"
typedef struct tdk_cost { uint64_t budget; uint64_t amount; } tdk_cost; /* FROZEN; a handle of define() */
typedef struct tdk_http_request {
  uint32_t struct_size;
  uint32_t flags;
  tdk_str method;               /* "GET" */
  tdk_str url;                  /* https only unless the operator allows more */
  const tdk_kv *headers;
  uint64_t header_count;
  tdk_bytes body;
  int64_t timeout_ns;           /* <= 0: the host's default */
  uint64_t weight;              /* cost in every budget of the account not named in `costs`; 0 counts as 1 */
  const tdk_cost *costs;        /* what this request costs in which budget; may be NULL */
  uint64_t cost_count;
} tdk_http_request;
#define TDK_HTTP_NO_RETRY 1u    /* flag: one try only, whatever happens */
typedef struct tdk_http_response {
  uint32_t struct_size;
  int32_t status;               /* HTTP status, also when it is 4xx/5xx */
  const tdk_kv *headers;
  uint64_t header_count;
  tdk_bytes body;               /* whole, decompressed */
} tdk_http_response;
typedef struct tdk_http_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_response)(void *ctx, const tdk_http_response *r);
} tdk_http_sink;
typedef struct tdk_host_http {
  uint32_t struct_size;
  uint32_t reserved;
  /* [T] blocking; TLS, proxy, pooling, gzip, budgets and retries are the host's business. The host
   * waits until every budget has room, tries three times on 5xx, time-outs and resets (GET and HEAD
   * only), and holds the account back as long as a 429, 418 or 503 with Retry-After asks for.
   * on_response is called once at most, with the last answer, whatever its status. TDK_UNAVAILABLE:
   * no answer at all. TDK_BAD_DATA: the body is over the host's limit or does not decompress. */
  tdk_status(TDK_CALL *request)(const tdk_host *h, const tdk_http_request *rq,
                                const tdk_http_sink *sink, const tdk_cancel *cancel, tdk_error *err);
} tdk_host_http;

/* What a vendor account may spend. All instances made from one configured plugin share one account;
 * the host spends it on live data first, then repair, then backfill. */
#define TDK_IID_HOST_BUDGET "tapedeck.host.budget/1"
#define TDK_BUDGET_SLIDING 0u   /* `capacity` in any `window_ns` long span */
#define TDK_BUDGET_FIXED 1u     /* windows that start at multiples of `window_ns` since the epoch, UTC */
typedef struct tdk_budget {
  uint32_t struct_size;
  uint32_t kind;                /* TDK_BUDGET_* */
  tdk_str name;                 /* "weight-1m": shown to the operator, unique in the account */
  uint64_t capacity;            /* units a window, >= 1 */
  int64_t window_ns;            /* > 0 */
} tdk_budget;
typedef struct tdk_host_budget {
  uint32_t struct_size;
  uint32_t reserved;
  /* [T] makes the budget, or changes the one of that name; *handle is never 0 */
  tdk_status(TDK_CALL *define)(const tdk_host *h, const tdk_budget *budget, uint64_t *handle,
                               tdk_error *err);
  /* [T] the vendor said that `used` units of the current window are spent (all clients together) */
  tdk_status(TDK_CALL *observe)(const tdk_host *h, uint64_t handle, uint64_t used);
  /* [T] the vendor wants no request of this account for `wait_ns` from now; `reason` is shown */
  tdk_status(TDK_CALL *hold)(const tdk_host *h, int64_t wait_ns, tdk_str reason);
} tdk_host_budget;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_HTTP_H */
