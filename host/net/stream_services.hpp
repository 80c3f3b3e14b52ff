// tapedeck.draft.host.websocket/1 and tapedeck.draft.host.lines/1 as a plugin calls them. A tdk_ws and a
// tdk_lines are numbers by chance that are looked up and never followed: a handle that was closed, or is
// none, is TDK_INVALID_ARGUMENT, and one instance cannot hit upon another's. Everything else a broken
// plugin hands over is as in net_services.hpp.
#pragma once

#include <tapedeck/abi.h>

#include "net/net_services.hpp"

namespace tapedeck {

// As tdk_host_websocket's functions. At most 64 streams of an instance are open at once.
tdk_status serve_ws_open(NetContext &context, const tdk_http_request *rq, const tdk_cancel *cancel, tdk_ws **out,
                         tdk_error *err) noexcept;
tdk_status serve_ws_send(tdk_ws *ws, int32_t is_text, const void *data, uint64_t size, const tdk_cancel *cancel,
                         tdk_error *err) noexcept;
tdk_status serve_ws_receive(tdk_ws *ws, int64_t timeout_ns, const tdk_ws_sink *sink, const tdk_cancel *cancel,
                            tdk_error *err) noexcept;
void serve_ws_close(tdk_ws *ws) noexcept;

// As tdk_host_lines' functions.
tdk_status serve_lines_open(NetContext &context, const tdk_http_request *rq, const tdk_cancel *cancel,
                            int32_t *status, tdk_lines **out, tdk_error *err) noexcept;
tdk_status serve_lines_receive(tdk_lines *lines, int64_t timeout_ns, const tdk_line_sink *sink,
                               const tdk_cancel *cancel, tdk_error *err) noexcept;
void serve_lines_close(tdk_lines *lines) noexcept;

// Closes what this context's plugin has left open. A call that is under way on another thread ends first.
void close_streams(const NetContext &context) noexcept;

}  // namespace tapedeck
