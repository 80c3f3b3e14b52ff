// Carries out what the clients of the stream ask for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/stream_client.hpp"
#include "api/stream_fan.hpp"
#include "live/live_hub.hpp"
#include "query/query_service.hpp"

namespace tapedeck::api {

// Threads: the stream server's.
class StreamDispatcher {
 public:
  // Joins `fan` to the hub and takes it out again.
  StreamDispatcher(const QueryService &query, LiveHub &hub, StreamFan &fan, const StreamLimits &limits);
  ~StreamDispatcher();

  // Answers into the client's outbox, errors too.
  void carry_out(const ClientPtr &client, std::string_view json);
  // To be called after a client has come, and after one has gone: what nobody wants is not published.
  void count_clients(std::size_t clients);
  // From here on nothing is published to anybody. Threads: any.
  void part();

 private:
  struct Found {
    Topic topic;
    std::string pipeline;
    std::shared_ptr<const LiveSeries> series;  // one of the two
    std::shared_ptr<const LiveSymbol> symbol;
  };
  void subscribe(const ClientPtr &client, const StreamCommand &command, const std::string &id);
  void unsubscribe(const ClientPtr &client, const StreamCommand &command, const std::string &id);
  void tap(const ClientPtr &client, const StreamCommand &command, const std::string &id);
  Found find(const StreamCommand &command) const;
  [[noreturn]] void explain_missing(const StreamCommand &command) const;
  void say_snapshot(StreamClient &client, const Found &found) const;
  void say_statuses(StreamClient &client, const std::string &pipeline, const std::string *symbol) const;
  void want(std::uint32_t stages);

  const QueryService &query_;
  LiveHub &hub_;
  StreamFan &fan_;
  const StreamLimits &limits_;
  std::uint32_t wanted_ = 0;
};

}  // namespace tapedeck::api
