// A server over the fake market, and a client that shows every byte.
#pragma once

#include <gtest/gtest.h>

#include <tapedeck/layer/core.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/api_server.hpp"
#include "api/fake_market.hpp"

namespace tapedeck::api {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;                            // chunks put together
  bool whole = false;                          // false: the connection ended before the body did
  std::size_t chunks = 0;
};

// A socket to 127.0.0.1:port whose waits end after 10 s, with a test failure.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient &) = delete;
  RawClient &operator=(const RawClient &) = delete;

  bool send(std::string_view text);  // false: the server closed
  Answer answer(bool head = false);  // the next one
  std::string some();                // what comes next; empty: closed
  std::string rest();                // all up to the close
  bool reset() const noexcept { return reset_; }  // the connection ended by a reset
  void close();

 private:
  bool fill();
  bool fill_until(std::string_view mark);
  void read_chunked(Answer &answer);
  void read_plain(Answer &answer);
  int fd_;
  std::string buffer_;
  bool reset_ = false;
};

std::string get_text(std::string_view target, std::string_view more_headers = "");

// Waits until `done`, looking every millisecond; false after 10 s.
bool eventually(const std::function<bool()> &done);

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : clock(kStart + 30 * kDay) {}
  ~ApiTest() override;
  void start(ApiLimits limits = {});
  ApiPorts ports();
  Answer get(std::string_view target);
  Answer request(std::string_view text, bool head = false);
  // "code: hint" of an error answer with this status.
  std::string error_of(std::string_view target, int status);
  std::vector<std::string> warnings();
  std::vector<std::string> debug_lines();

  FakeMarket market;
  ManualClock clock;
  std::vector<SourceStatus> sources;
  std::vector<std::string> not_ready;
  std::string host = "127.0.0.1";
  LiveHub *live = nullptr;  // for start()
  FactsService *facts = nullptr;  // likewise
  std::unique_ptr<ApiServer> server;

 private:
  std::mutex log_mutex_;
  std::vector<std::string> warnings_, debug_;
};

}  // namespace tapedeck::api
