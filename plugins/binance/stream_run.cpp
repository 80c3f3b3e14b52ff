#include "stream_run.hpp"

#include "kit/text.hpp"
#include "streams.hpp"

namespace binance {
namespace {

using tapedeck::StreamKind;

constexpr std::int64_t kLookAgainNs = 100'000'000;  // for commands of the host and a cancellation

// By web-socket-streams.md: 0 and 1 concern properties, 2 the request, 3 its JSON, 4 their number.
tapedeck::Error refused_command(const StreamReply &reply) {
  const bool too_many = reply.code == 4, known = reply.code >= 0 && reply.code <= 4;
  const std::string text = "binance stream: a command was refused: " + std::to_string(reply.code) +
                           " '" + kit::excerpt(reply.message, 200) + "'";
  if (too_many) return {TDK_INVALID_ARGUMENT, text + "; ask for at most 1024 streams a connection"};
  return {known ? TDK_INVALID_ARGUMENT : TDK_BAD_DATA, text};
}

// One of the names is not one of a stream (web-socket-streams.md); which, the vendor does not say.
bool names_a_bad_stream(const StreamReply &reply) {
  return reply.code == 2 && reply.message.find("invalid stream") != reply.message.npos;
}

}  // namespace

StreamRun::StreamRun(Session &session, Objection objection, const tdk_stream_sink &sink,
                     const tapedeck::Cancel &cancel)
    : session_(session),
      objection_(std::move(objection)),
      cancel_(cancel),
      out_(sink),
      ignored_(session.host(), tapedeck::MetricKind::Counter, "binance_stream_ignored_total") {}

void StreamRun::ask_for(const tapedeck::StreamRequest &request) {
  for (std::size_t i = 0; i < request.size(); ++i) add(request[i]);
  if (!routes_.empty()) return;
  if (first_objection_.empty())
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "streaming: no series; name at least one");
  throw tapedeck::Error(TDK_NOT_FOUND, first_objection_);
}

// While a connection runs, a look-up that fails is the end of the addition, not of the connection.
std::string StreamRun::objection_to(const Route &route) const {
  try {
    return objection_(route.vendor_symbol);
  } catch (const tapedeck::Error &e) {
    if (!connected_ || e.code() == TDK_CANCELLED || e.code() == TDK_TIMEOUT) throw;
    return e.what();
  }
}

void StreamRun::add(const tdk_series &series) {
  std::string objection;
  std::unique_ptr<Route> route;
  try {
    route = make_route(series, session_.settings().aggregate_trades);
  } catch (const tapedeck::Error &e) {
    objection = e.what();
  }
  if (route) objection = objection_to(*route);
  const bool is_new = route && !routes_.carries(route->stream);
  if (objection.empty() && is_new && routes_.streams() >= kStreamsPerConnection)
    objection = "streaming " + route->stream + ": Binance carries 1024 streams a connection";
  if (!objection.empty()) {
    if (first_objection_.empty()) first_objection_ = objection;
    return out_.rejected(series, objection);
  }
  if (is_new) commands_.subscribe(route->stream);
  const bool flows = connected_ && !commands_.awaits(route->stream);
  if (!routes_.has(series)) routes_.add(std::move(route));
  if (flows) out_.event(TDK_STREAM_CONNECTED, {}, &series);
}

void StreamRun::remove(const tdk_series &series) {
  const std::unique_ptr<Route> route = routes_.remove(series);
  if (route && !routes_.carries(route->stream)) commands_.unsubscribe(route->stream);
}

void StreamRun::take_commands() {
  tdk_stream_command command;
  while (out_.next_command(command)) {
    if (command.kind == TDK_STREAM_ADD) add(*command.series);
    if (command.kind == TDK_STREAM_REMOVE) remove(*command.series);
  }
}

void StreamRun::send_commands(tapedeck::WebSocketConnection &ws) {
  const std::int64_t now = session_.host().monotonic();
  if (const auto message = commands_.take(now)) ws.send(*message, cancel_);
  if (commands_.overdue(now))
    throw tapedeck::Error(TDK_UNAVAILABLE,
                          "binance stream: a command was not answered within 10 s; reconnect");
}

void StreamRun::announce_connection() {
  connected_ = true;
  out_.connected();
  if (shutting_down_) return announce_shutdown();
  out_.expires(session_.host().now(), opened_at_ns_ + session_.settings().stream_life_ns,
               "Binance ends a connection after 24 h");
}

// Binance promises no time between this and the end (its CHANGELOG of 2026-06-09).
void StreamRun::announce_shutdown() {
  shutting_down_ = true;
  const std::int64_t now = session_.host().now();
  out_.expires(now, now, "Binance announced that this server shuts down");
}

void StreamRun::until_it_ends() {
  opened_at_ns_ = session_.host().now();
  tapedeck::WebSocketConnection ws = session_.connect(cancel_);
  for (;;) {
    cancel_.check();
    send_commands(ws);
    const std::int64_t idle = commands_.idle_for(session_.host().monotonic(), kLookAgainNs);
    out_.flush_after([&] {
      ws.receive(idle, cancel_,
                 [&](bool is_text, std::string_view bytes) { on_message(is_text, bytes); });
    });
    if (!connected_ && commands_.settled()) announce_connection();
    take_commands();
  }
}

void StreamRun::on_message(bool is_text, std::string_view bytes) {
  if (!is_text)
    throw tapedeck::Error(TDK_BAD_DATA, "binance stream: a binary message of " +
                                            std::to_string(bytes.size()) + " bytes");
  using Kind = StreamMessage::Kind;
  parse_stream_message(bytes, message_);
  switch (message_.kind) {
    case Kind::Trade:
    case Kind::AggTrade:
      return push_trade(message_);
    case Kind::BookTicker:
      return push_book(message_);
    case Kind::Kline:
      return push_kline(message_);
    case Kind::Reply:
      return on_reply(message_.reply);
    case Kind::ServerShutdown:
      return announce_shutdown();
    case Kind::Ignored:
      return ignored_.record(1);
  }
}

void StreamRun::on_reply(const StreamReply &reply) {
  const auto batch = reply.has_id ? commands_.answered(reply.id) : std::nullopt;
  if (reply.is_error) {
    const tapedeck::Error why = refused_command(reply);
    const bool bad_name = names_a_bad_stream(reply);
    if (!batch || !(connected_ || bad_name)) throw why;
    return on_refused(*batch, bad_name, why);
  }
  if (!batch || !batch->subscribes || !connected_) return;
  for (const std::string &stream : batch->streams)
    for (const Route *route : routes_.fed_by(stream))
      out_.event(TDK_STREAM_CONNECTED, {}, &route->series.get());
}

// A bad name takes down its own series only, which are found by halving; any other refusal those of
// the message. The others go on.
void StreamRun::on_refused(StreamCommands::Batch batch, bool bad_name, const tapedeck::Error &why) {
  if (!batch.subscribes) return session_.host().log(TDK_LOG_WARN, why.what());
  std::erase_if(batch.streams, [&](const std::string &s) { return !routes_.carries(s); });
  if (bad_name && batch.streams.size() > 1) return commands_.subscribe_in_halves(batch.streams);
  for (const std::string &stream : batch.streams)
    for (const Route *route : routes_.fed_by(stream)) {
      out_.rejected(route->series.get(), why.what());
      routes_.remove(route->series.get());
    }
  if (routes_.empty()) throw why;
}

void StreamRun::hand_over(std::string_view vendor_symbol, StreamKind kind, tdk_quote &q) {
  const bool wanted = routes_.each(vendor_symbol, kind, nullptr, [&](const Route &route) {
    q.symbol = route.series.get().symbol;
    out_.quote(q);
  });
  if (!wanted) ignored_.record(1);
}

void StreamRun::push_trade(const StreamMessage &m) {
  const StreamTrade &t = m.trade;
  tdk_quote q = tapedeck::empty_quote();
  q.flags = TDK_QUOTE_TRADE | (t.aggressor_sold ? TDK_QUOTE_SELL : TDK_QUOTE_BUY);
  q.time = t.time_ns;
  q.price_exp = t.price_exp;
  q.size_exp = t.size_exp;
  q.last = t.price;
  q.last_size = t.size;
  q.sequence = t.id;
  q.trades = t.trades;
  hand_over(m.symbol, StreamKind::Trades, q);
}

void StreamRun::push_book(const StreamMessage &m) {
  const StreamBook &b = m.book;
  tdk_quote q = tapedeck::empty_quote();
  q.flags = TDK_QUOTE_HOST_TIME;
  q.time = session_.host().now();
  q.price_exp = b.price_exp;
  q.size_exp = b.size_exp;
  q.bid = b.bid;
  q.ask = b.ask;
  q.bid_size = b.bid_size;
  q.ask_size = b.ask_size;
  q.sequence = b.update_id;
  hand_over(m.symbol, StreamKind::Quotes, q);
}

void StreamRun::push_kline(const StreamMessage &m) {
  const StreamKline &k = m.kline;
  tapedeck::CandleRow row;
  row.open_time = k.open_time_ns;
  row.open = k.open;
  row.high = k.high;
  row.low = k.low;
  row.close = k.close;
  row.volume = k.volume;
  row.turnover = k.turnover;
  row.trades = k.trades;
  row.state = k.closed ? 0 : TDK_CANDLE_FORMING;
  const tapedeck::CandleExponents exponents{k.price_exp, k.volume_exp, k.turnover_exp};
  const bool wanted =
      routes_.each(m.symbol, StreamKind::Candles, k.interval,
                   [&](const Route &route) { out_.candle(route.series.get(), row, exponents); });
  if (!wanted) ignored_.record(1);
}

}  // namespace binance
