#include "stream_run.hpp"

#include "intervals.hpp"

#include "kit/text.hpp"

#include <algorithm>
#include <utility>

namespace polygon {
namespace {

using tapedeck::StreamKind;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr int kPreferredExp = -8;
constexpr std::int64_t kLookAgainNs = 100 * kNsPerMs;  // for commands of the host and a cancellation
constexpr std::int64_t kTakeTurnsNs = 10 * kNsPerMs;   // of each of several connections

// Bars of a second and of a minute are all there is. Longer candles listen to the minutes, which show
// that the market lives; the host finds them missing once they are over, and asks for them by REST.
std::string bar_channel(Market market, const tdk_interval &interval) {
  const bool minute = find_interval(interval).length_ms != kSecondMs;
  if (market == Market::Forex) return minute ? "CA" : "CAS";
  if (market == Market::Crypto) return minute ? "XA" : "XAS";
  return minute ? "AM" : "A";
}

std::string tick_channel(Market market, StreamKind kind) {
  const bool trades = kind == StreamKind::Trades;
  if (market == Market::Stocks) return trades ? "T" : "Q";
  if (market == Market::Crypto) return trades ? "XT" : "XQ";
  if (market == Market::Forex && !trades) return "C";
  if (market == Market::Indices && trades) return "V";
  throw tapedeck::Error(TDK_NOT_SUPPORTED, market == Market::Forex
                                               ? "forex has quotes and no trades at Polygon"
                                               : "indices have values (trades) and no quotes");
}

std::string channel_of(const tdk_series &series, const Ticker &ticker) {
  const StreamKind kind = tapedeck::stream_kind(series);
  if (kind == StreamKind::Other)
    throw tapedeck::Error(TDK_NOT_SUPPORTED, "streams carry candles, trades and quotes");
  if (kind != StreamKind::Candles) return tick_channel(ticker.market, kind);
  require_price_type(ticker, series.price_type);
  if (series.adjustment == TDK_ADJ_ALL)
    throw tapedeck::Error(TDK_NOT_SUPPORTED, "live candles are raw, or adjusted for splits");
  return bar_channel(ticker.market, series.interval);
}

struct Cell {
  const std::optional<kit::Decimal> &value;
  std::int64_t &out;
};
// The exponent the values share.
int fill(std::initializer_list<Cell> cells, const StreamEvent &event) {
  std::array<kit::Decimal, 4> known;
  std::size_t count = 0;
  for (const Cell &cell : cells)
    if (cell.value) known[count++] = *cell.value;
  const auto exp = kit::common_exponent({known.data(), count}, kPreferredExp);
  if (!exp)
    throw tapedeck::Error(TDK_BAD_DATA, "polygon stream: the amounts of " +
                                            kit::excerpt(event.symbol) +
                                            " share no exponent in int64");
  for (const Cell &cell : cells)
    if (cell.value) kit::mantissa_at(*cell.value, *exp, cell.out);
  return *exp;
}

// One candle to a series, through the kit's batches.
struct Forward {
  tapedeck::StreamWriter &out;
  const tdk_series &series;
  static tdk_status take(void *ctx, const tdk_candle_batch *batch) {
    auto &self = *static_cast<Forward *>(ctx);
    self.out.candles(self.series, *batch);
    return TDK_OK;
  }
};

}  // namespace

StreamRun::StreamRun(Session &session, Catalogue &catalogue, const tdk_stream_sink &sink,
                     const tapedeck::Cancel &cancel)
    : session_(session),
      catalogue_(catalogue),
      cancel_(cancel),
      out_(sink),
      ignored_(session.host(), tapedeck::MetricKind::Counter, "polygon_stream_ignored_total"),
      off_grid_(session.host(), tapedeck::MetricKind::Counter, "polygon_stream_off_grid_total") {}

void StreamRun::ask_for(const tapedeck::StreamRequest &request) {
  if (request.size() == 0)
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "streaming: no series; name at least one");
  // The list is asked before the connection is open, which would wait for its key meanwhile.
  std::vector<std::optional<Wish>> wishes;
  for (std::size_t i = 0; i < request.size(); ++i) wishes.push_back(wish_of(request[i]));
  for (std::size_t i = 0; i < request.size(); ++i)
    if (wishes[i]) subscribe(request[i], *wishes[i]);
  if (carries_nothing()) throw tapedeck::Error(*first_objection_);
}

std::optional<StreamRun::Wish> StreamRun::wish_of(const tdk_series &series) {
  try {
    const Ticker ticker = ticker_of(tapedeck::sv(series.symbol));
    Wish wish{ticker.market, channel_of(series, ticker) + "." + ticker.stream};
    if (catalogue_.lists(ticker, cancel_)) return wish;
    reject(series, {TDK_NOT_FOUND, "streaming " + ticker.rest +
                                       ": Polygon lists no such ticker; search for it to see how "
                                       "it is written"});
  } catch (const tapedeck::Error &e) {
    const bool about_series = e.code() == TDK_NOT_FOUND || e.code() == TDK_NOT_SUPPORTED ||
                              e.code() == TDK_INVALID_ARGUMENT;
    if (!about_series) throw;
    reject(series, e);
  }
  return {};
}

void StreamRun::subscribe(const tdk_series &series, const Wish &wish) {
  const bool there = link_of(wish.market)
                         .subscriptions()
                         .add(wish.param, std::make_unique<tapedeck::OwnedSeries>(series));
  if (there && connected_) out_.event(TDK_STREAM_CONNECTED, {}, &series);
}

void StreamRun::reject(const tdk_series &series, const tapedeck::Error &why) {
  if (!first_objection_) first_objection_ = why;
  out_.rejected(series, why.what());
}

MarketLink &StreamRun::link_of(Market market) {
  auto &link = links_[static_cast<std::size_t>(market)];
  if (!link)
    link = std::make_unique<MarketLink>(
        session_, market,
        [this](MarketLink &from, const StreamEvent &event) { on_event(from, event); },
        [this](const tapedeck::OwnedSeries &series) {
          if (connected_) out_.event(TDK_STREAM_CONNECTED, {}, &series.get());
        },
        cancel_);
  return *link;
}

void StreamRun::take_commands() {
  tdk_stream_command command;
  while (out_.next_command(command)) {
    if (command.kind == TDK_STREAM_ADD)
      if (const auto wish = wish_of(*command.series)) subscribe(*command.series, *wish);
    if (command.kind != TDK_STREAM_REMOVE) continue;
    for (auto &link : links_)
      if (link && link->subscriptions().remove(*command.series)) break;
  }
}

// A refusal does not say what it is about, and to an unknown channel there is none.
void StreamRun::give_up_overdue() {
  const std::int64_t now = session_.host().monotonic();
  for (auto &link : links_) {
    if (!link) continue;
    for (const auto &series : link->subscriptions().overdue(now)) {
      const std::string &said = link->refusal();
      const std::string doing = "streaming " + kit::excerpt(series->symbol()) + ": ";
      reject(series->get(),
             said.empty()
                 ? tapedeck::Error(TDK_NOT_FOUND, doing + "not acknowledged within 5 s")
                 : tapedeck::Error(TDK_PERMISSION_DENIED,
                                   doing + "not acknowledged within 5 s, and the vendor says '" +
                                       said + "'; the plan may not have it"));
    }
  }
  if (carries_nothing() && !connected_ && first_objection_) throw tapedeck::Error(*first_objection_);
}

bool StreamRun::settled() const {
  return std::all_of(links_.begin(), links_.end(),
                     [](const auto &link) { return !link || link->settled(); });
}

bool StreamRun::carries_nothing() const {
  return std::all_of(links_.begin(), links_.end(), [](const auto &link) {
    return !link || link->subscriptions().empty();
  });
}

// Several connections are read in turns, each waiting a little: the host's read is of one.
void StreamRun::step_all() {
  auto open = std::count_if(links_.begin(), links_.end(), [](const auto &l) { return l != nullptr; });
  const std::int64_t wait = open > 1 ? kTakeTurnsNs : kLookAgainNs;
  for (auto &link : links_) {
    if (!link) continue;
    try {
      out_.flush_after([&] { link->step(wait); });
    } catch (const tapedeck::Error &e) {
      if (e.code() != TDK_PERMISSION_DENIED || open == 1) throw;
      drop(link, e);
      --open;
    }
  }
  if (std::exchange(sign_of_life_, false)) out_.heartbeat();
}

// Each market has plans of its own, and the key is accepted by one and not by another.
void StreamRun::drop(std::unique_ptr<MarketLink> &link, const tapedeck::Error &why) {
  for (const auto &series : link->subscriptions().forget_all()) reject(series->get(), why);
  link.reset();
}

void StreamRun::until_it_ends() {
  for (;;) {
    cancel_.check();
    step_all();
    give_up_overdue();
    if (!connected_ && settled()) {
      connected_ = true;
      out_.connected();
    }
    take_commands();
  }
}

void StreamRun::on_event(MarketLink &link, const StreamEvent &event) {
  switch (event.kind) {
    case StreamEvent::Kind::Candle:
      return push_candle(link, event);
    case StreamEvent::Kind::Trade:
    case StreamEvent::Kind::Quote:
      return push_tick(link, event);
    case StreamEvent::Kind::OffGrid:
      return say_off_grid(event);
    default:
      return ignored_.record(1);
  }
}

// The connection is sound: it would come again after the next one. The host asks for the bar's slot.
void StreamRun::say_off_grid(const StreamEvent &event) {
  off_grid_.record(1);
  if (std::exchange(off_grid_said_, true)) return;
  session_.host().log(TDK_LOG_WARN, "polygon stream: a bar (" + std::string(event.channel) + ") of " +
                                        kit::excerpt(event.symbol) + " begins at " + std::to_string(event.time_ns) +
                                        " ns, where none does: left out, as all like it of this connection");
}

// A bar is whole when it comes, and a later one of the same time is its revision: both are final. It
// is not where it comes before its time is over by the host's clock.
void StreamRun::push_candle(MarketLink &link, const StreamEvent &event) {
  kit::ExactCandle candle = event.candle;
  const std::int64_t end = candle.open_time + event.length_ms * kNsPerMs;
  if (session_.host().now() < end) candle.state = TDK_CANDLE_FORMING;
  link.subscriptions().each(event.channel, event.symbol, [&](const tapedeck::OwnedSeries &series) {
    if (find_interval(series.get().interval).length_ms != event.length_ms) {
      sign_of_life_ = true;
      return;
    }
    Forward forward{out_, series.get()};
    const tdk_candle_sink sink{sizeof sink, 0, &forward, &Forward::take};
    tapedeck::CandleWriter writer(&sink, kPreferredExp, kPreferredExp);
    kit::push_rows({&candle, 1}, kPreferredExp, kPreferredExp, "polygon stream", writer);
  });
}

void StreamRun::push_tick(MarketLink &link, const StreamEvent &event) {
  tdk_quote q = tapedeck::empty_quote();
  q.time = event.time_ns;
  if (event.kind == StreamEvent::Kind::Trade) {
    q.flags = TDK_QUOTE_TRADE | event.aggressor;
    q.trades = 1;
    q.price_exp = fill({{event.price, q.last}}, event);
    q.size_exp = fill({{event.size, q.last_size}}, event);
  } else {
    q.price_exp = fill({{event.bid, q.bid}, {event.ask, q.ask}}, event);
    q.size_exp = fill({{event.bid_size, q.bid_size}, {event.ask_size, q.ask_size}}, event);
  }
  link.subscriptions().each(event.channel, event.symbol, [&](const tapedeck::OwnedSeries &series) {
    q.symbol = series.get().symbol;
    out_.quote(q);
  });
}

}  // namespace polygon
