/* tapedeck/abi/stream_io.h - DRAFT: WebSocket and line streams done by the host. */
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
  tdk_status(TDK_CALL *on_message)(void *ctx, int32_t is_text, tdk_bytes payload);
} tdk_ws_sink;
typedef struct tdk_host_websocket {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_status(TDK_CALL *open)(const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *cancel,
                             tdk_ws **out, tdk_error *err);
  tdk_status(TDK_CALL *send)(tdk_ws *ws, int32_t is_text, const void *data, uint64_t size,
                             const tdk_cancel *cancel, tdk_error *err);
  /* waits up to timeout_ns for at least one message, hands over all that are there */
  tdk_status(TDK_CALL *receive)(tdk_ws *ws, int64_t timeout_ns, const tdk_ws_sink *sink,
                                const tdk_cancel *cancel, tdk_error *err);
  void(TDK_CALL *close)(tdk_ws *ws);
} tdk_host_websocket;

/* A response that never ends, handed over line by line (chunked HTTP, one JSON object a line). */
#define TDK_IID_HOST_LINES "tapedeck.draft.host.lines/1"
typedef struct tdk_lines tdk_lines; /* opaque, the host's; close() it before the instance call returns */
typedef struct tdk_line_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_line)(void *ctx, tdk_str line); /* without the line end */
} tdk_line_sink;
typedef struct tdk_host_lines {
  uint32_t struct_size;
  uint32_t reserved;
  /* *status: the HTTP status; the stream is open when it is 2xx */
  tdk_status(TDK_CALL *open)(const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *cancel,
                             int32_t *status, tdk_lines **out, tdk_error *err);
  /* waits up to timeout_ns for at least one line, hands over all that are there */
  tdk_status(TDK_CALL *receive)(tdk_lines *lines, int64_t timeout_ns, const tdk_line_sink *sink,
                                const tdk_cancel *cancel, tdk_error *err);
  void(TDK_CALL *close)(tdk_lines *lines);
} tdk_host_lines;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_STREAM_IO_H */
