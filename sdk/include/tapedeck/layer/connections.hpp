// Connections that stay open, done by the host: a WebSocket, and a response that comes line by
// line. Both close when the object ends; make them inside the instance call that uses them.
#pragma once

#include <tapedeck/layer/core.hpp>
#include <tapedeck/layer/services.hpp>

namespace tapedeck {
inline namespace v1 {

// What a connection is opened with; borrowed until it is open.
struct ConnectionRequest {
  std::string_view url;  // wss:// or ws://, https:// or http://
  span<const tdk_kv> headers = {};
  span<const tdk_cost> costs = {};  // what the attempt costs in which budget

  tdk_http_request raw() const {
    tdk_http_request rq{};
    rq.struct_size = sizeof rq;
    rq.method = str("GET");
    rq.url = str(url);
    rq.headers = headers.data();
    rq.header_count = headers.size();
    rq.costs = costs.data();
    rq.cost_count = costs.size();
    return rq;
  }
};

namespace detail {

// Calls f, whose exception waits in here until the host's frames are left.
template <class F>
struct Received {
  F *f;
  std::exception_ptr thrown;
  std::size_t count = 0;

  template <class... Args>
  tdk_status call(Args... args) noexcept {
    try {
      ++count;
      (*f)(args...);
      return TDK_OK;
    } catch (...) {
      thrown = std::current_exception();
      return TDK_STOP;
    }
  }
  // How many came.
  std::size_t outcome(tdk_status s, const tdk_error &e) {
    if (thrown) std::rethrow_exception(thrown);
    raise_unless_ok(s, &e);
    return count;
  }
};

}  // namespace detail

// Threads: one. Failures: TDK_UNAVAILABLE when the connection is lost; it is not opened again.
class WebSocketConnection {
 public:
  WebSocketConnection(const Host &host, const ConnectionRequest &asked, const Cancel &cancel)
      : table_(host.service<tdk_host_websocket>(TDK_IID_HOST_WEBSOCKET)) {
    if (!TDK_CAN(table_, open))
      throw Error(TDK_NOT_SUPPORTED, "this host offers no " TDK_IID_HOST_WEBSOCKET);
    const tdk_http_request rq = asked.raw();
    tdk_error e = detail::fresh();
    detail::raise_unless_ok(table_->open(host.raw(), &rq, cancel.raw(), &ws_, &e), &e);
  }
  ~WebSocketConnection() { table_->close(ws_); }
  WebSocketConnection(const WebSocketConnection &) = delete;
  WebSocketConnection &operator=(const WebSocketConnection &) = delete;

  void send(std::string_view text, const Cancel &cancel) {
    tdk_error e = detail::fresh();
    detail::raise_unless_ok(table_->send(ws_, 1, text.data(), text.size(), cancel.raw(), &e), &e);
  }

  // Hands every message there is to on_message(bool is_text, std::string_view), and waits up to
  // `timeout_ns` for the first. What on_message throws comes out here. Returns how many there were.
  template <class F>
  std::size_t receive(std::int64_t timeout_ns, const Cancel &cancel, F &&on_message) {
    using Context = detail::Received<std::remove_reference_t<F>>;
    Context ctx{&on_message, nullptr};
    const tdk_ws_sink sink{
        sizeof sink, 0, &ctx, [](void *p, std::int32_t is_text, tdk_bytes b) -> tdk_status {
          const auto *data = reinterpret_cast<const char *>(b.data);
          return static_cast<Context *>(p)->call(is_text != 0, sv({data, b.size}));
        }};
    tdk_error e = detail::fresh();
    const tdk_status s = table_->receive(ws_, timeout_ns, &sink, cancel.raw(), &e);
    return ctx.outcome(s, e);
  }

 private:
  const tdk_host_websocket *table_;
  tdk_ws *ws_ = nullptr;
};

// Threads: one. Failures: an answer that is not 2xx throws what it stands for, with its HTTP status as
// Error::upstream(); TDK_UNAVAILABLE when the response ends or is lost.
class LineConnection {
 public:
  LineConnection(const Host &host, const ConnectionRequest &asked, const Cancel &cancel)
      : table_(host.service<tdk_host_lines>(TDK_IID_HOST_LINES)) {
    if (!TDK_CAN(table_, open))
      throw Error(TDK_NOT_SUPPORTED, "this host offers no " TDK_IID_HOST_LINES);
    const tdk_http_request rq = asked.raw();
    tdk_error e = detail::fresh();
    detail::raise_unless_ok(table_->open(host.raw(), &rq, cancel.raw(), &status_, &lines_, &e), &e);
  }
  ~LineConnection() {
    if (lines_) table_->close(lines_);
  }
  LineConnection(const LineConnection &) = delete;
  LineConnection &operator=(const LineConnection &) = delete;

  int status() const { return status_; }  // HTTP

  // Hands every line there is to on_line(std::string_view), and waits up to `timeout_ns` for the
  // first. What on_line throws comes out here. Returns how many there were.
  template <class F>
  std::size_t receive(std::int64_t timeout_ns, const Cancel &cancel, F &&on_line) {
    if (!lines_)
      throw Error(TDK_UNAVAILABLE, "reading lines: the answer was HTTP " + std::to_string(status_));
    using Context = detail::Received<std::remove_reference_t<F>>;
    Context ctx{&on_line, nullptr};
    const tdk_line_sink sink{sizeof sink, 0, &ctx, [](void *p, tdk_str line) -> tdk_status {
                               return static_cast<Context *>(p)->call(sv(line));
                             }};
    tdk_error e = detail::fresh();
    const tdk_status s = table_->receive(lines_, timeout_ns, &sink, cancel.raw(), &e);
    return ctx.outcome(s, e);
  }

 private:
  const tdk_host_lines *table_;
  tdk_lines *lines_ = nullptr;
  std::int32_t status_ = 0;
};

}  // namespace v1
}  // namespace tapedeck
