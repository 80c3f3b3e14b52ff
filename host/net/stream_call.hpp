// Opens a connection whose answer goes on as a stream: one try, with budgets, proxies and refusals as
// HttpCall has them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/http_call.hpp"
#include "net/http_head.hpp"
#include "net/stream_channel.hpp"

namespace tapedeck {

// A stream's answer as it stands after its head.
struct OpenedStream {
  std::unique_ptr<StreamChannel> channel;
  HttpHead head;
  std::string rest;  // what came behind the head already
};

// Threads: one.
class StreamCall {
 public:
  // `rq` has been checked; `url` is its address as http or https.
  StreamCall(HttpClient::Core &core, const HttpRequest &rq, Url url, Account *account, const tdk_cancel *cancel);

  // Takes the costs, connects, sends the request with `extra` headers and reads the answer's head.
  // Throws Error as HttpClient::request(), but tries once only: who asks for a stream has a back-off.
  OpenedStream open(const HeaderList &extra);
  // Throws what an answer means that is not the one asked for: Error with status_of_http()
  // (TDK_BAD_DATA for 1xx to 3xx), the status as upstream code, the first bytes of the body in the text
  // and Retry-After, for which the account is held.
  [[noreturn]] void refuse(OpenedStream &opened, std::string_view what);
  // "GET wss://host/path: what", secrets blanked.
  std::string describe(std::string_view what, std::string_view advice = "") const;

 private:
  OpenedStream exchange(IoScope &scope, const HeaderList &extra);
  std::string request_text(const WireRequest &wire, const HeaderList &extra) const;
  std::string first_bytes(OpenedStream &opened);

  HttpClient::Core &core_;
  const HttpRequest &rq_;
  const Url url_;
  Account *account_;
  const tdk_cancel *cancel_;
};

}  // namespace tapedeck
