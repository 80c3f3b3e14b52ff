#include "net/stream_services.hpp"

#include <sys/random.h>

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include "net/line_stream.hpp"
#include "net/plugin_request.hpp"
#include "net/web_socket.hpp"

// TDK_HAS is C, with C's casts.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxOpen = 64;
constexpr std::uint64_t kMaxMessage = std::uint64_t{16} * 1024 * 1024;

// One open stream of a plugin: one of the two is set.
struct OpenStream {
  OpenStream(const NetContext &context, std::unique_ptr<WebSocket> s, std::unique_ptr<LineStream> l)
      : owner(context), socket(std::move(s)), lines(std::move(l)) {}
  void close() noexcept { socket ? socket->close() : lines->close(); }

  const NetContext &owner;
  const std::unique_ptr<WebSocket> socket;
  const std::unique_ptr<LineStream> lines;
  std::mutex mutex;             // of what follows
  std::thread::id user;         // who is inside
  int depth = 0;                // a sink may call back
};

// A call on a stream. Others are refused meanwhile, but for those its own sink makes.
class Use {
 public:
  explicit Use(std::shared_ptr<OpenStream> stream) : stream_(std::move(stream)) {
    const std::lock_guard lock(stream_->mutex);
    if (stream_->depth > 0 && stream_->user != std::this_thread::get_id())
      refuse_call("the stream is in use by another thread");
    stream_->user = std::this_thread::get_id();
    ++stream_->depth;
  }
  ~Use() {
    const std::lock_guard lock(stream_->mutex);
    --stream_->depth;
  }
  Use(const Use &) = delete;
  Use &operator=(const Use &) = delete;
  OpenStream *operator->() const noexcept { return stream_.get(); }

 private:
  const std::shared_ptr<OpenStream> stream_;
};

// All open streams of the process: the tables' functions get nothing but the handle.
class Handles {
 public:
  std::uintptr_t add(std::shared_ptr<OpenStream> stream) {
    const std::lock_guard lock(mutex_);
    const auto mine = [&](const auto &entry) { return &entry.second->owner == &stream->owner; };
    if (static_cast<std::size_t>(std::count_if(open_.begin(), open_.end(), mine)) >= kMaxOpen)
      refuse_call("64 streams are open already; close some");
    for (;;) {
      std::uintptr_t handle = 0;
      const bool drawn = getrandom(&handle, sizeof handle, 0) == static_cast<ssize_t>(sizeof handle);
      if (drawn && handle != 0 && open_.try_emplace(handle, stream).second) return handle;
    }
  }
  std::shared_ptr<OpenStream> find(std::uintptr_t handle) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(handle);
    return found != open_.end() ? found->second : nullptr;
  }
  std::shared_ptr<OpenStream> remove(std::uintptr_t handle) {
    const std::lock_guard lock(mutex_);
    const auto node = open_.extract(handle);
    return node.empty() ? nullptr : node.mapped();
  }
  std::vector<std::shared_ptr<OpenStream>> remove_all(const NetContext &owner) {
    std::vector<std::shared_ptr<OpenStream>> out;
    const std::lock_guard lock(mutex_);
    std::erase_if(open_, [&](auto &entry) {
      const bool mine = &entry.second->owner == &owner;
      if (mine) out.push_back(entry.second);
      return mine;
    });
    return out;
  }

 private:
  std::mutex mutex_;
  std::map<std::uintptr_t, std::shared_ptr<OpenStream>> open_;
};

Handles &handles() {
  static Handles all;
  return all;
}

template <class T>
std::uintptr_t number_of(T *handle) noexcept {
  return reinterpret_cast<std::uintptr_t>(handle);
}

std::shared_ptr<OpenStream> find_socket(tdk_ws *ws) {
  auto stream = handles().find(number_of(ws));
  if (!stream || !stream->socket) refuse_call("this is no open WebSocket; it was closed, or never opened");
  return stream;
}

std::shared_ptr<OpenStream> find_lines(tdk_lines *lines) {
  auto stream = handles().find(number_of(lines));
  if (!stream || !stream->lines) refuse_call("this is no open line stream; it was closed, or never opened");
  return stream;
}

// The stream ends when nobody is inside any more; the thread that closes it may be.
void close_stream(const std::shared_ptr<OpenStream> &stream) noexcept {
  const std::lock_guard lock(stream->mutex);
  const bool elsewhere = stream->depth > 0 && stream->user != std::this_thread::get_id();
  if (!elsewhere) stream->close();
}

HttpRequest stream_request(NetContext &context, const tdk_http_request *rq) {
  HttpRequest out;
  read_plugin_request(rq, out);
  out.priority = context.priority ? context.priority() : Priority::Live;
  out.secrets = context.secrets;
  return out;
}

tdk_status known(tdk_status status) noexcept {
  return status >= TDK_OK && status <= TDK_INCOMPATIBLE ? status : TDK_INTERNAL;
}

// What one receive() brought, told to the context at its end whatever happens.
struct Tally {
  const NetContext &context;
  StreamTraffic traffic;
  explicit Tally(const NetContext &c) : context(c) {}
  ~Tally() {
    if (context.on_traffic && traffic.messages > 0) context.on_traffic(traffic);
  }
  Tally(const Tally &) = delete;
  Tally &operator=(const Tally &) = delete;
  void add(std::size_t bytes) noexcept {
    ++traffic.messages;
    traffic.bytes += bytes;
  }
};

}  // namespace

tdk_status serve_ws_open(NetContext &context, const tdk_http_request *rq, const tdk_cancel *cancel, tdk_ws **out,
                         tdk_error *err) noexcept {
  return detail::guard(err, [&] {
    if (out == nullptr) refuse_call("there is no place for the WebSocket");
    *out = nullptr;
    check_cancel(cancel);
    auto socket = context.client.open_web_socket(stream_request(context, rq), &context.account, cancel);
    const auto handle = handles().add(std::make_shared<OpenStream>(context, std::move(socket), nullptr));
    *out = reinterpret_cast<tdk_ws *>(handle);
    return TDK_OK;
  });
}

tdk_status serve_ws_send(tdk_ws *ws, int32_t is_text, const void *data, uint64_t size, const tdk_cancel *cancel,
                         tdk_error *err) noexcept {
  return detail::guard(err, [&] {
    check_cancel(cancel);
    if ((data == nullptr && size != 0) || size > kMaxMessage) refuse_call("the message is NULL or over 16 MiB");
    const Use use(find_socket(ws));
    const auto *bytes = static_cast<const char *>(data);
    use->socket->send(is_text != 0, {bytes != nullptr ? bytes : "", size}, cancel);
    return TDK_OK;
  });
}

tdk_status serve_ws_receive(tdk_ws *ws, int64_t timeout_ns, const tdk_ws_sink *sink, const tdk_cancel *cancel,
                            tdk_error *err) noexcept {
  return detail::guard(err, [&] {
    check_cancel(cancel);
    if (!TDK_CAN(sink, on_message)) refuse_call("the sink is NULL or has no on_message");
    const Use use(find_socket(ws));
    Tally tally(use->owner);
    const auto on_message = [sink, &tally](bool is_text, std::string_view payload) {
      tally.add(payload.size());
      const tdk_bytes bytes{reinterpret_cast<const std::uint8_t *>(payload.data()), payload.size()};
      return known(sink->on_message(sink->ctx, is_text ? 1 : 0, bytes));
    };
    return use->socket->receive(timeout_ns, on_message, cancel);
  });
}

void serve_ws_close(tdk_ws *ws) noexcept {
  const auto stream = handles().find(number_of(ws));
  if (stream && stream->socket && handles().remove(number_of(ws))) close_stream(stream);
}

tdk_status serve_lines_open(NetContext &context, const tdk_http_request *rq, const tdk_cancel *cancel,
                            int32_t *status, tdk_lines **out, tdk_error *err) noexcept {
  if (status != nullptr) *status = 0;
  return detail::guard(err, [&] {
    if (out == nullptr || status == nullptr) refuse_call("there is no place for the stream or its status");
    *out = nullptr;
    check_cancel(cancel);
    std::unique_ptr<LineStream> lines;
    try {
      lines = context.client.open_lines(stream_request(context, rq), &context.account, cancel);
    } catch (const Error &e) {
      *status = e.upstream();
      throw;
    }
    const auto handle = handles().add(std::make_shared<OpenStream>(context, nullptr, std::move(lines)));
    *out = reinterpret_cast<tdk_lines *>(handle);
    *status = 200;
    return TDK_OK;
  });
}

tdk_status serve_lines_receive(tdk_lines *lines, int64_t timeout_ns, const tdk_line_sink *sink,
                               const tdk_cancel *cancel, tdk_error *err) noexcept {
  return detail::guard(err, [&] {
    check_cancel(cancel);
    if (!TDK_CAN(sink, on_line)) refuse_call("the sink is NULL or has no on_line");
    const Use use(find_lines(lines));
    Tally tally(use->owner);
    const auto on_line = [sink, &tally](std::string_view line) {
      tally.add(line.size());
      return known(sink->on_line(sink->ctx, str(line)));
    };
    return use->lines->receive(timeout_ns, on_line, cancel);
  });
}

void serve_lines_close(tdk_lines *lines) noexcept {
  const auto stream = handles().find(number_of(lines));
  if (stream && stream->lines && handles().remove(number_of(lines))) close_stream(stream);
}

void close_streams(const NetContext &context) noexcept {
  for (const auto &stream : handles().remove_all(context)) close_stream(stream);
}

}  // namespace tapedeck
