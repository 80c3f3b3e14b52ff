// tapedeck.host.http/1 and tapedeck.host.budget/1 as a plugin calls them. Nothing a broken plugin hands
// over gets past here: wrong sizes, NULL and absurd lengths are TDK_INVALID_ARGUMENT.
#pragma once

#include <tapedeck/abi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/http_client.hpp"

namespace tapedeck {

// What streams have brought: messages or lines, and the bytes in them.
struct StreamTraffic {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

// What the services of one plugin instance work with. Lifecycle: outlived by client and account, ends
// after the instance's last call. Threads: any.
class NetContext {
 public:
  // `priority` says for which class of work the calling thread asks now; it must not throw. `secrets` are
  // the values of the instance's secret options.
  NetContext(HttpClient &client, Account &account, std::function<Priority()> priority,
             std::vector<std::string> secrets = {});
  // Closes the streams that the plugin has left open.
  ~NetContext();
  NetContext(const NetContext &) = delete;
  NetContext &operator=(const NetContext &) = delete;

  // Buffers of one call, used again by later ones so that bodies are not allocated for every request.
  struct Buffers {
    HttpRequest request;
    HttpAnswer answer;
    std::vector<tdk_kv> headers;
  };
  std::unique_ptr<Buffers> lend();
  void give_back(std::unique_ptr<Buffers> buffers) noexcept;

  HttpClient &client;
  Account &account;
  const std::function<Priority()> priority;
  const std::vector<std::string> secrets;
  // What a call of a stream's receive() brought; set before the first one. Must not throw.
  std::function<void(const StreamTraffic &)> on_traffic;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Buffers>> idle_;
};

// As tdk_host_http.request. The sink is called once at most, on this thread, with memory that is valid
// during that call; what it returns is returned (an unknown status as TDK_INTERNAL). May be called from
// inside a sink.
tdk_status serve_http(NetContext &context, const tdk_http_request *rq, const tdk_http_sink *sink,
                      const tdk_cancel *cancel, tdk_error *err) noexcept;

// As tdk_host_budget.define, .observe, .hold. observe() inside a sink takes the figure for one of the
// answer at hand, and may then correct the count downward too.
tdk_status serve_budget_define(NetContext &context, const tdk_budget *budget, uint64_t *handle,
                               tdk_error *err) noexcept;
tdk_status serve_budget_observe(NetContext &context, uint64_t handle, uint64_t used) noexcept;
tdk_status serve_budget_hold(NetContext &context, int64_t wait_ns, tdk_str reason) noexcept;

}  // namespace tapedeck
