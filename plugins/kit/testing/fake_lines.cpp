#include "kit/testing/fake_lines.hpp"

#include "kit/testing/fake_host.hpp"

namespace kit::test {
namespace {

FakeLines &of(tdk_lines *lines) { return *reinterpret_cast<FakeLines *>(lines); }

}  // namespace

FakeLines::FakeLines() {
  table_.struct_size = sizeof table_;
  table_.open = [](const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *,
                   std::int32_t *status, tdk_lines **out, tdk_error *err) -> tdk_status {
    FakeHost &host = FakeHost::of(h);
    FakeLines &self = host.lines;
    const std::string url = host.note(*rq).url;
    if (self.refuses != TDK_OK) return tapedeck::detail::fail(err, self.refuses, "refused");
    self.now_ns_ = &host.socket.now_ns;
    *status = self.on_open(url);
    *out = nullptr;
    if (*status / 100 != 2) return TDK_OK;
    ++self.opened;
    *out = reinterpret_cast<tdk_lines *>(&self);
    return TDK_OK;
  };
  table_.receive = [](tdk_lines *lines, std::int64_t timeout_ns, const tdk_line_sink *sink,
                      const tdk_cancel *, tdk_error *err) -> tdk_status {
    const tdk_status s = of(lines).receive(timeout_ns, sink);
    return s == TDK_UNAVAILABLE ? tapedeck::detail::fail(err, s, "the answer ended") : s;
  };
  table_.close = [](tdk_lines *lines) { ++of(lines).closed; };
}

tdk_status FakeLines::receive(std::int64_t timeout_ns, const tdk_line_sink *sink) {
  if (inbox.empty()) {
    if (--idle_rounds < 0) return TDK_UNAVAILABLE;
    *now_ns_ += timeout_ns;
    on_idle();
    return TDK_OK;
  }
  while (!inbox.empty()) {
    const std::string line = inbox.front();
    inbox.pop_front();
    const tdk_status s = sink->on_line(sink->ctx, tapedeck::str(line));
    if (s != TDK_OK) return s;
  }
  return TDK_OK;
}

}  // namespace kit::test
