/* tapedeck/abi/stream_io.h - DRAFT: WebSocket and line streams done by the host.
 *
 * One thread at a time in the calls of a handle; another one gets TDK_INVALID_ARGUMENT meanwhile, and so
 * does every use of a handle that was closed. A sink may send() and close(), but not receive(). The
 * host reads from the vendor inside receive() only: who does not call it makes the vendor wait.
 *
 * TDK_CANCELLED and TDK_TIMEOUT come from the cancel token, and the stream goes on where it stopped (but a
 * send() that was broken off half-way ends it). Any other failure is the end of the stream: all
 * later calls fail the same way; close() it and open another. TDK_UNAVAILABLE: lost, or closed by the
 * vendor, with the reason in the message. TDK_BAD_DATA: the vendor broke the protocol, and was told.
 *
 * `open` is one try: TLS, proxy and budgets (`costs`, `weight`) are the host's business as in http.h, the
 * back-off is the supervisor's. Method GET, no body. When the vendor answers with another status than
 * the one of a stream, the error has what that status stands for (401 TDK_UNAUTHENTICATED, 403
 * TDK_PERMISSION_DENIED, 404 TDK_NOT_FOUND, 429 and 418 TDK_RATE_LIMITED, 5xx TDK_UNAVAILABLE, else
 * TDK_BAD_DATA), the HTTP status as upstream_code, the first bytes of the body in its message, and
 * retry_after_ms by Retry-After, for which the account is held. At most 64 streams of an instance are
 * open at once. What is open when run_stream() returns or the instance ends is closed then. */
#ifndef TDK_ABI_STREAM_IO_H
#define TDK_ABI_STREAM_IO_H

#include <tapedeck/abi/http.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_HOST_WEBSOCKET "tapedeck.draft.host.websocket/1"
typedef struct tdk_ws tdk_ws;   /* opaque, the host's; close() it before the instance call returns */
typedef struct tdk_ws_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  /* a whole message, valid during the call; text is UTF-8. What is not TDK_OK ends receive() and is its
   * answer; the messages behind this one stay for the next receive(). */
  tdk_status(TDK_CALL *on_message)(void *ctx, int32_t is_text, tdk_bytes payload);
} tdk_ws_sink;
typedef struct tdk_host_websocket {
  uint32_t struct_size;
  uint32_t reserved;
  /* ws and wss (or http and https) addresses; extensions are not offered */
  tdk_status(TDK_CALL *open)(const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *cancel,
                             tdk_ws **out, tdk_error *err);
  /* one message, at most 16 MiB. TDK_INVALID_ARGUMENT: too long, or text that is not UTF-8; nothing was
   * sent then. The host sends pongs besides, at most one a second: leave room for it in the message
   * rate of the vendor. */
  tdk_status(TDK_CALL *send)(tdk_ws *ws, int32_t is_text, const void *data, uint64_t size,
                             const tdk_cancel *cancel, tdk_error *err);
  /* waits up to timeout_ns for a message, then hands over all that have come. TDK_OK without a call of the
   * sink: none came in time. Messages over 16 MiB are TDK_BAD_DATA. Pings are answered here. */
  tdk_status(TDK_CALL *receive)(tdk_ws *ws, int64_t timeout_ns, const tdk_ws_sink *sink,
                                const tdk_cancel *cancel, tdk_error *err);
  /* says good-bye to the vendor, for 200 ms at most */
  void(TDK_CALL *close)(tdk_ws *ws);
} tdk_host_websocket;

/* A response that never ends, handed over line by line (chunked HTTP, one JSON object a line). */
#define TDK_IID_HOST_LINES "tapedeck.draft.host.lines/1"
typedef struct tdk_lines tdk_lines; /* opaque, the host's; close() it before the instance call returns */
typedef struct tdk_line_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  /* without the line end, any bytes, perhaps empty; valid during the call; answers as on_message */
  tdk_status(TDK_CALL *on_line)(void *ctx, tdk_str line);
} tdk_line_sink;
typedef struct tdk_host_lines {
  uint32_t struct_size;
  uint32_t reserved;
  /* *status: the HTTP status, 0 when there was no answer; the stream is open when it is 2xx. No
   * compression is offered. */
  tdk_status(TDK_CALL *open)(const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *cancel,
                             int32_t *status, tdk_lines **out, tdk_error *err);
  /* waits up to timeout_ns for a line, then hands over all that have come. TDK_OK without a call of the
   * sink: none came in time. A line over 1 MiB is TDK_BAD_DATA, the end of the answer TDK_UNAVAILABLE. */
  tdk_status(TDK_CALL *receive)(tdk_lines *lines, int64_t timeout_ns, const tdk_line_sink *sink,
                                const tdk_cancel *cancel, tdk_error *err);
  void(TDK_CALL *close)(tdk_lines *lines);
} tdk_host_lines;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_STREAM_IO_H */
