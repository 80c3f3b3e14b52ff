#include "market_link.hpp"

#include "kit/text.hpp"

namespace polygon {
namespace {

constexpr std::int64_t kAuthPatienceNs = 10'000'000'000;
constexpr std::int64_t kEvictedMs = 60'000;

// "authentication failed" is the key, "Your plan doesn't include websocket access..." is the plan.
[[noreturn]] void refuse_key(const std::string &doing, std::string_view text) {
  const bool plan = text.find("plan") != text.npos;
  throw tapedeck::Error(plan ? TDK_PERMISSION_DENIED : TDK_UNAUTHENTICATED,
                        doing + "the key is refused: '" + kit::excerpt(text, 160) + "'; " +
                            (plan ? "use another plan, or leave out 'stream'"
                                  : "set api_key to a key of the vendor's dashboard"));
}

}  // namespace

MarketLink::MarketLink(Session &session, Market market, OnEvent on_event,
                       OnSubscribed on_subscribed, const tapedeck::Cancel &cancel)
    : session_(session),
      market_(market),
      on_event_(std::move(on_event)),
      on_subscribed_(std::move(on_subscribed)),
      cancel_(cancel),
      ws_(session.connect(market, cancel)) {
  // It may be sent before the greeting has come.
  ws_.send("{\"action\":\"auth\",\"params\":\"" + session.settings().api_key + "\"}", cancel);
}

void MarketLink::step(std::int64_t wait_ns) {
  const std::int64_t now = session_.host().monotonic();
  if (answer_by_ns_ == 0) answer_by_ns_ = now + kAuthPatienceNs;
  if (!authenticated_ && now >= answer_by_ns_)
    throw tapedeck::Error(TDK_UNAVAILABLE, std::string("streaming ") + name_of(market_) +
                                               ": the key got no answer in 10 s; reconnect");
  if (authenticated_)
    while (const auto message = subscriptions_.take(now)) ws_.send(*message, cancel_);
  ws_.receive(wait_ns, cancel_,
              [&](bool is_text, std::string_view bytes) { on_frame(is_text, bytes); });
}

void MarketLink::on_frame(bool is_text, std::string_view bytes) {
  if (!is_text)
    throw tapedeck::Error(TDK_BAD_DATA, std::string("polygon ") + name_of(market_) +
                                            " stream: a binary message of " +
                                            std::to_string(bytes.size()) + " bytes");
  parse_stream_frame(bytes, market_, [&](const StreamEvent &event) {
    if (event.kind == StreamEvent::Kind::Status)
      on_status(event.status, event.text);
    else
      on_event_(*this, event);
  });
}

void MarketLink::on_status(std::string_view status, std::string_view text) {
  constexpr std::string_view kSubscribed = "subscribed to: ";
  const std::string doing = std::string("streaming ") + name_of(market_) + ": ";
  if (status == "auth_success") {
    authenticated_ = true;
  } else if (status == "auth_failed") {
    refuse_key(doing, text);
  } else if (status == "auth_timeout") {
    throw tapedeck::Error(TDK_UNAVAILABLE, doing + "the vendor waited in vain for the key; reconnect");
  } else if (status == "max_connections") {
    throw tapedeck::Error(TDK_RATE_LIMITED,
                          doing + "another connection of this key has taken the place: '" +
                              kit::excerpt(text, 120) +
                              "'; stream a market in one place only, or buy connections",
                          kEvictedMs);
  } else if (status == "success" && text.starts_with(kSubscribed)) {
    for (const auto *series : subscriptions_.acknowledged(text.substr(kSubscribed.size())))
      on_subscribed_(*series);
  } else if (status == "error") {
    refusal_ = kit::excerpt(text, 160);
    session_.host().log(TDK_LOG_WARN, doing + "the vendor says '" + refusal_ + "'");
  }
}

}  // namespace polygon
