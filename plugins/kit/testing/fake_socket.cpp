#include "kit/testing/fake_socket.hpp"

#include "kit/testing/fake_host.hpp"

namespace kit::test {
namespace {

FakeSocket &of(tdk_ws *ws) { return *reinterpret_cast<FakeSocket *>(ws); }

}  // namespace

FakeSocket::FakeSocket() {
  table_.struct_size = sizeof table_;
  table_.open = [](const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *, tdk_ws **out,
                   tdk_error *err) -> tdk_status {
    FakeHost &host = FakeHost::of(h);
    host.note(*rq);
    FakeSocket &self = host.socket;
    if (self.refuses != TDK_OK)
      return tapedeck::detail::fail(err, self.refuses, self.refuses_because, 0,
                                    self.refuses_with_http);
    ++self.opened;
    *out = reinterpret_cast<tdk_ws *>(&self);
    return TDK_OK;
  };
  table_.send = [](tdk_ws *ws, std::int32_t, const void *data, std::uint64_t size,
                   const tdk_cancel *, tdk_error *) -> tdk_status {
    FakeSocket &self = of(ws);
    self.sent.emplace_back(static_cast<const char *>(data), size);
    self.sent_at.push_back(self.now_ns);
    self.on_send(std::string(self.sent.back()));
    return TDK_OK;
  };
  table_.receive = [](tdk_ws *ws, std::int64_t timeout_ns, const tdk_ws_sink *sink,
                      const tdk_cancel *, tdk_error *err) -> tdk_status {
    const tdk_status s = of(ws).receive(timeout_ns, sink);
    return s == TDK_UNAVAILABLE ? tapedeck::detail::fail(err, s, "connection lost") : s;
  };
  table_.close = [](tdk_ws *ws) { ++of(ws).closed; };
}

tdk_status FakeSocket::receive(std::int64_t timeout_ns, const tdk_ws_sink *sink) {
  if (inbox.empty()) {
    if (--idle_rounds < 0) return TDK_UNAVAILABLE;
    now_ns += timeout_ns;
    on_idle();
    return TDK_OK;
  }
  received.push_back(inbox.size());
  while (!inbox.empty()) {
    const Message m = inbox.front();
    inbox.pop_front();
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(m.bytes.data());
    const tdk_status s = sink->on_message(sink->ctx, m.is_text, {bytes, m.bytes.size()});
    if (s != TDK_OK) return s;
  }
  return TDK_OK;
}

}  // namespace kit::test
