// A scripted host for tests: answers requests from a function, and keeps what was asked, spent and
// said.
#pragma once

#include "kit/testing/fake_lines.hpp"
#include "kit/testing/fake_socket.hpp"

#include <tapedeck/plugin.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kit::test {

struct Answer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  tdk_status fails = TDK_OK;  // not OK: the host got no answer, for that reason
};

struct Request {
  std::string method, url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::uint64_t> costs;  // by the name of the budget
  std::int64_t timeout_ns = 0;
  std::uint32_t flags = 0;
};

struct Budget {
  std::string name;
  std::uint32_t kind;
  std::uint64_t capacity;
  std::int64_t window_ns;
  std::uint64_t observed = 0;
};

class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost &) = delete;
  FakeHost &operator=(const FakeHost &) = delete;

  std::function<Answer(const std::string &url)> answer;
  std::int64_t now_ns = 1'700'000'000'000'000'000;
  bool offers_budgets = true;
  FakeSocket socket;  // its time is the monotonic clock
  FakeLines lines;

  std::vector<Request> requests;
  std::vector<Budget> budgets;  // the handle is the index + 1
  std::vector<std::pair<std::int64_t, std::string>> holds;
  std::vector<std::string> log;
  std::vector<std::pair<std::string, double>> counters;  // the handle is the index + 1

  double counted(const std::string &name) const;  // 0: nobody made such a counter

  const tdk_host *host() const { return &host_; }
  static FakeHost &of(const tdk_host *h) { return *static_cast<FakeHost *>(h->ctx); }
  Request &note(const tdk_http_request &rq);  // into `requests`

 private:
  static const void *interface(const tdk_host *h, const char *iid);
  static tdk_status request(const tdk_host *h, const tdk_http_request *rq,
                            const tdk_http_sink *sink, const tdk_cancel *cancel, tdk_error *err);
  static tdk_status define(const tdk_host *h, const tdk_budget *budget, std::uint64_t *handle,
                           tdk_error *err);

  tdk_host_http http_{};
  tdk_host_budget budget_{};
  tdk_host_metrics metrics_{};
  tdk_host host_{};
};

// The value of a header of a request, empty when absent.
std::string header(const Request &request, std::string_view name);

// The value of a parameter of a URL, empty when absent.
std::string parameter(const std::string &url, const std::string &name);

}  // namespace kit::test
