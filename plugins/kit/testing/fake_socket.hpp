// The vendor's end of a WebSocket, scripted for tests: it answers messages by a function, says what
// the test puts into `inbox`, and is lost when nothing has happened for a while. No time passes but
// in here.
#pragma once

#include <tapedeck/abi.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace kit::test {

struct Message {
  std::string bytes;
  bool is_text = true;
};

class FakeSocket {
 public:
  FakeSocket();

  // Called with each message sent.
  std::function<void(const std::string &sent)> on_send = [](const std::string &) {};
  // Called when there is nothing to receive.
  std::function<void()> on_idle = [] {};
  std::deque<Message> inbox;
  int idle_rounds = 30;  // after which the connection is lost
  tdk_status refuses = TDK_OK;
  int refuses_with_http = 0;  // the status of a refused upgrade, as the host tells it
  std::string refuses_because = "refused";

  std::vector<std::string> sent;
  std::vector<std::int64_t> sent_at;  // monotonic
  std::vector<std::size_t> received;  // messages by receive(), without the idle ones
  int opened = 0, closed = 0;
  std::int64_t now_ns = 5'000'000'000;  // monotonic

  void say(std::string bytes) { inbox.push_back({std::move(bytes), true}); }

  const tdk_host_websocket *table() const { return &table_; }

 private:
  tdk_status receive(std::int64_t timeout_ns, const tdk_ws_sink *sink);

  tdk_host_websocket table_{};
};

}  // namespace kit::test
