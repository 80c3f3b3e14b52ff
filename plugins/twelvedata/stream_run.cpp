#include "stream_run.hpp"

#include "kit/text.hpp"
#include "times.hpp"

#include <algorithm>
#include <array>

namespace twelvedata {
namespace {

using tapedeck::StreamKind;

constexpr std::int64_t kLookAgainNs = 100'000'000;  // for commands of the host and a cancellation
constexpr std::int64_t kPatienceNs = 10 * kSecondNs;

// Symbols have no character that JSON escapes.
std::string command(std::string_view action, const std::set<std::string> &symbols) {
  std::string list;
  for (const std::string &symbol : symbols) list.append(list.empty() ? "" : ",").append(symbol);
  return "{\"action\":\"" + std::string(action) + "\",\"params\":{\"symbols\":\"" + list + "\"}}";
}

// "You are not authorized to access XHKG data."
bool about_rights(std::string_view why) { return why.find("not authorized") != why.npos; }

}  // namespace

StreamRun::StreamRun(Session &session, const tdk_stream_sink &sink, const tapedeck::Cancel &cancel)
    : session_(session),
      cancel_(cancel),
      out_(sink),
      ignored_(session.host(), tapedeck::MetricKind::Counter, "twelvedata_stream_ignored_total") {}

void StreamRun::ask_for(const tapedeck::StreamRequest &request) {
  for (std::size_t i = 0; i < request.size(); ++i) add(request[i]);
  if (!routes_.empty()) return;
  if (first_refusal_.empty())
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "streaming: no series; name at least one");
  throw tapedeck::Error(first_status_, first_refusal_);
}

bool StreamRun::add(const tdk_series &series) {
  try {
    std::unique_ptr<Route> route = make_route(series);
    const std::string symbol = route->vendor_symbol;
    const std::uint32_t most = session_.settings().max_stream_symbols;
    if (!routes_.carries(symbol)) {
      if (most && routes_.symbols() >= most)
        throw tapedeck::Error(TDK_PERMISSION_DENIED, "streaming " + symbol + ": the plan has " +
                                                         std::to_string(most) +
                                                         " symbols; choose a larger one with plan");
      to_subscribe_.insert(symbol);
    }
    routes_.add(std::move(route));
    return true;
  } catch (const tapedeck::Error &e) {
    if (first_status_ == TDK_OK) {
      first_status_ = e.code();
      first_refusal_ = e.what();
    }
    out_.rejected(series, e.what());
    return false;
  }
}

void StreamRun::remove(const tdk_series &series) {
  const std::unique_ptr<Route> route = routes_.remove(series);
  if (!route || routes_.carries(route->vendor_symbol)) return;
  to_subscribe_.erase(route->vendor_symbol);
  to_unsubscribe_.insert(route->vendor_symbol);
}

void StreamRun::take_commands() {
  tdk_stream_command asked;
  while (out_.next_command(asked)) {
    if (asked.kind == TDK_STREAM_ADD) add(*asked.series);
    if (asked.kind == TDK_STREAM_REMOVE) remove(*asked.series);
  }
}

// Answers carry no ids, so that one subscription is under way at a time.
void StreamRun::send_commands(tapedeck::WebSocketConnection &ws) {
  const std::int64_t now = session_.host().monotonic();
  if (!waiting_.empty() && now >= answer_due_ns_)
    throw tapedeck::Error(TDK_UNAVAILABLE,
                          "twelvedata stream: a subscription was not answered within 10 s");
  if (!to_unsubscribe_.empty()) {
    ws.send(command("unsubscribe", to_unsubscribe_), cancel_);
    to_unsubscribe_.clear();
  }
  if (to_subscribe_.empty() || !waiting_.empty()) return;
  ws.send(command("subscribe", to_subscribe_), cancel_);
  waiting_ = std::move(to_subscribe_);
  to_subscribe_.clear();
  answer_due_ns_ = now + kPatienceNs;
}

// The server closes what says nothing for some minutes.
void StreamRun::beat(tapedeck::WebSocketConnection &ws) {
  const std::int64_t now = session_.host().monotonic();
  if (now < next_beat_ns_) return;
  if (next_beat_ns_ != 0) ws.send(R"({"action":"heartbeat"})", cancel_);
  next_beat_ns_ = now + kHeartbeatEveryNs;
}

void StreamRun::announce_connection() {
  connected_ = true;
  out_.connected();
}

void StreamRun::until_it_ends() {
  tapedeck::WebSocketConnection ws = session_.connect(cancel_);
  for (;;) {
    cancel_.check();
    send_commands(ws);
    beat(ws);
    const std::int64_t to_beat = next_beat_ns_ - session_.host().monotonic();
    const std::int64_t idle = std::clamp<std::int64_t>(to_beat, 0, kLookAgainNs);
    out_.flush_after([&] {
      ws.receive(idle, cancel_,
                 [&](bool is_text, std::string_view bytes) { on_message(is_text, bytes); });
    });
    if (!connected_ && waiting_.empty() && to_subscribe_.empty()) announce_connection();
    take_commands();
  }
}

void StreamRun::on_message(bool is_text, std::string_view bytes) {
  if (!is_text)
    throw tapedeck::Error(TDK_BAD_DATA, "twelvedata stream: a binary message of " +
                                            std::to_string(bytes.size()) + " bytes");
  using Kind = StreamMessage::Kind;
  const StreamMessage m = parse_stream_message(bytes);
  switch (m.kind) {
    case Kind::Price:
      return on_price(m.price);
    case Kind::Status:
      return on_status(m.status);
    case Kind::Heartbeat:
      return out_.heartbeat();
    case Kind::Error:
      throw refusal("streaming from " + session_.settings().stream_url, 200, m.error,
                    session_.host().now());
    case Kind::Ignored:
      return ignored_.record(1);
  }
}

// Answers an unsubscription too: then it names nothing that is waited for.
void StreamRun::on_status(const SubscribeStatus &status) {
  const bool names_none = status.success.empty() && status.fails.empty();
  if (names_none && !status.message.empty())
    throw tapedeck::Error(TDK_BAD_DATA, "twelvedata stream: a command was refused: '" +
                                            kit::excerpt(status.message, 200) + "'");
  const std::set<std::string> asked = waiting_;
  const auto each_named = [&](const std::vector<StreamSymbol> &rows, auto &&f) {
    for (const StreamSymbol &row : rows)
      for (const std::string &symbol : asked)
        if (means(symbol, row.symbol, row.exchange, row.mic)) f(symbol, row.message);
  };
  each_named(status.fails, [&](const std::string &symbol, const std::string &why) {
    reject(symbol, why.empty() ? "the vendor refused it without a reason" : why);
  });
  bool ours = names_none;
  each_named(status.success, [&](const std::string &symbol, const std::string &) {
    ours = true;
    settle(symbol);
  });
  // Some name but a part of what went well.
  if (status.status == "ok" && ours)
    for (const std::string &symbol : asked) settle(symbol);
  if (status.status == "error" && names_none)
    for (const std::string &symbol : asked)
      reject(symbol, "the vendor refused it without a reason");
  if (routes_.empty() && !first_refusal_.empty())
    throw tapedeck::Error(first_status_, first_refusal_);
}

// A series that came later hears of its own connection.
void StreamRun::settle(const std::string &vendor_symbol) {
  if (waiting_.erase(vendor_symbol) == 0 || !connected_) return;
  for (const Route *route : routes_.of(vendor_symbol))
    out_.event(TDK_STREAM_CONNECTED, {}, &route->series.get());
}

void StreamRun::reject(const std::string &vendor_symbol, const std::string &why) {
  if (waiting_.erase(vendor_symbol) == 0) return;
  const std::string text = "streaming " + vendor_symbol + ": " + kit::excerpt(why, 200);
  if (first_status_ == TDK_OK) {
    first_status_ = about_rights(why) ? TDK_PERMISSION_DENIED : TDK_NOT_FOUND;
    first_refusal_ = text;
  }
  for (const Route *route : routes_.of(vendor_symbol)) {
    out_.rejected(route->series.get(), text);
    routes_.remove(route->series.get());
  }
}

void StreamRun::on_price(const StreamPrice &price) {
  routes_.each(price.symbol, price.exchange, price.mic, [&](const Route &route) {
    if (route.kind == StreamKind::Trades)
      push_trade(price, route);
    else
      push_quote(price, route);
  });
}

// A price without a size: the vendor tells none.
void StreamRun::push_trade(const StreamPrice &price, const Route &route) {
  tdk_quote q = tapedeck::empty_quote();
  q.flags = TDK_QUOTE_TRADE;
  q.symbol = route.series.get().symbol;
  q.time = price.time_s * kSecondNs;
  q.price_exp = std::min(price.price->exp, 0);
  if (kit::mantissa_at(*price.price, q.price_exp, q.last) != kit::DecimalStatus::Ok) return;
  out_.quote(q);
}

void StreamRun::push_quote(const StreamPrice &price, const Route &route) {
  if (!price.bid && !price.ask) return;
  const std::array<kit::Decimal, 3> values{*price.price, price.bid.value_or(*price.price),
                                           price.ask.value_or(*price.price)};
  const auto exp = kit::common_exponent(values, -5);
  if (!exp) return;
  tdk_quote q = tapedeck::empty_quote();
  q.symbol = route.series.get().symbol;
  q.time = price.time_s * kSecondNs;
  q.price_exp = *exp;
  kit::mantissa_at(values[0], *exp, q.last);
  if (price.bid) kit::mantissa_at(values[1], *exp, q.bid);
  if (price.ask) kit::mantissa_at(values[2], *exp, q.ask);
  out_.quote(q);
}

}  // namespace twelvedata
