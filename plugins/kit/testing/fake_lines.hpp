// The vendor's end of a response that never ends, line by line, scripted for tests: it says what
// the test puts into `inbox`, and ends when nothing has happened for a while. No time passes but in
// here and in FakeSocket.
#pragma once

#include <tapedeck/abi.h>

#include <deque>
#include <functional>
#include <string>

namespace kit::test {

class FakeLines {
 public:
  FakeLines();

  // Called with the URL of each attempt to connect; its HTTP status.
  std::function<int(const std::string &url)> on_open = [](const std::string &) { return 200; };
  // Called when there is nothing to receive.
  std::function<void()> on_idle = [] {};
  std::deque<std::string> inbox;
  int idle_rounds = 30;  // after which the response ends
  tdk_status refuses = TDK_OK;
  int opened = 0, closed = 0;

  void say(std::string line) { inbox.push_back(std::move(line)); }
  const tdk_host_lines *table() const { return &table_; }

 private:
  tdk_status receive(std::int64_t timeout_ns, const tdk_line_sink *sink);

  tdk_host_lines table_{};
  std::int64_t *now_ns_ = nullptr;  // the monotonic clock of the host that opened it
};

}  // namespace kit::test
