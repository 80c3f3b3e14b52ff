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

constexpr const char *kNoReason = "the vendor refused it without a reason";

// Those that a row of a status names, as far as it goes: the listing, else the symbol, else, where
// the row has no exchange, all listings of it.
std::vector<std::string> meant_by(const StreamSymbol &row, const std::set<std::string> &asked) {
  std::vector<std::string> out;
  Fit best = row.exchange.empty() && row.mic.empty() ? Fit::Namesake : Fit::Symbol;
  for (const std::string &symbol : asked) {
    const Fit fit = fit_of(symbol, row.symbol, row.exchange, row.mic);
    if (fit < best) continue;
    if (fit > best) out.clear();
    best = fit;
    out.push_back(symbol);
  }
  return out;
}

// Whether an error is about the whole stream, not about some message.
bool ends_stream(tdk_status status) {
  return status == TDK_UNAUTHENTICATED || status == TDK_PERMISSION_DENIED ||
         status == TDK_RATE_LIMITED || status == TDK_UNAVAILABLE;
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
      return on_error(m.error);
    case Kind::Ignored:
      return ignored_.record(1);
  }
}

void StreamRun::on_error(const VendorError &said) {
  const tapedeck::Error error =
      refusal("streaming from " + session_.settings().stream_url, 200, said, session_.host().now());
  if (ends_stream(error.code())) throw error;
  session_.host().log(TDK_LOG_WARN, error.what());
  ignored_.record(1);
}

// Answers an unsubscription too: then it names nothing that is waited for. Lists may be left out or
// cut short, so that what an answer does not name shares its status.
void StreamRun::on_status(const SubscribeStatus &status) {
  const bool names_none = status.success.empty() && status.fails.empty();
  if (names_none && !status.message.empty())
    throw tapedeck::Error(TDK_BAD_DATA, "twelvedata stream: a command was refused: '" +
                                            kit::excerpt(status.message, 200) + "'");
  const std::set<std::string> asked = waiting_;
  bool ours = names_none;
  for (const StreamSymbol &row : status.fails)
    for (const std::string &symbol : meant_by(row, asked)) {
      reject(symbol, row.message.empty() ? kNoReason : row.message);
      ours = true;
    }
  for (const StreamSymbol &row : status.success)
    for (const std::string &symbol : meant_by(row, asked)) {
      settle(symbol);
      ours = true;
    }
  const std::set<std::string> rest = ours ? waiting_ : std::set<std::string>();
  for (const std::string &symbol : rest) {
    if (status.status == "error")
      reject(symbol, kNoReason);
    else
      settle(symbol);
  }
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
