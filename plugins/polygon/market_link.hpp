// One connection to one market's WebSocket: the key first, then what is subscribed.
//
// Lifecycle: opens in the constructor; lives for one run_stream(). Threads: one.
// Failures: TDK_UNAVAILABLE when the connection is lost or the key gets no answer in 10 s;
// TDK_UNAUTHENTICATED and TDK_PERMISSION_DENIED when the key is refused; TDK_RATE_LIMITED, to be
// tried again after a minute, when another connection has taken its place; TDK_BAD_DATA for a frame
// that cannot be read.
#pragma once

#include "parse_stream.hpp"
#include "session.hpp"
#include "subscriptions.hpp"

#include <tapedeck/layer/streams.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace polygon {

class MarketLink {
 public:
  // Data of the market, in order.
  using OnEvent = std::function<void(MarketLink &, const StreamEvent &)>;
  // Series that are subscribed now, after the connection had been: not those of its beginning.
  using OnSubscribed = std::function<void(const tapedeck::OwnedSeries &)>;

  MarketLink(Session &session, Market market, OnEvent on_event, OnSubscribed on_subscribed,
             const tapedeck::Cancel &cancel);

  Market market() const { return market_; }
  Subscriptions &subscriptions() { return subscriptions_; }
  // Sends what is to be sent and reads what there is, waiting for it up to `wait_ns`.
  void step(std::int64_t wait_ns);
  // The key is accepted, and every subscription answered.
  bool settled() const { return authenticated_ && subscriptions_.settled(); }
  // What the vendor refused without saying which; empty: nothing.
  const std::string &refusal() const { return refusal_; }

 private:
  void on_frame(bool is_text, std::string_view bytes);
  void on_status(std::string_view status, std::string_view text);

  Session &session_;
  const Market market_;
  const OnEvent on_event_;
  const OnSubscribed on_subscribed_;
  const tapedeck::Cancel &cancel_;
  Subscriptions subscriptions_;
  tapedeck::WebSocketConnection ws_;
  std::int64_t answer_by_ns_ = 0;  // to the key, counted from the first look; 0: not looked yet
  bool authenticated_ = false;
  std::string refusal_;
};

}  // namespace polygon
