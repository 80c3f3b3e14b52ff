// Plugins of the loader's own tests: a provider whose behaviour is named by the symbol asked for,
// one that may be entered by many, and a store that remembers one commit.
#include <tapedeck/plugin.hpp>

#include <atomic>
#include <string>

namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

void push_minutes(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out) {
  std::uint64_t left = rq.limit;
  for (auto t = rq.from; t < rq.to && left > 0; t += kMinute, --left)
    out.push(t, 100, 110, 90, 105, 7);
}

void push_bad(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out) {
  try {
    out.push(rq.from, 100, 90, 110, 105);
    out.flush();
  } catch (const tapedeck::Error &) {
    return;  // and pretends that all is well
  }
}

class Scripted {
 public:
  static constexpr tdk_option options[] = {
      tapedeck::option("key", TDK_OPT_STRING, nullptr, "your key",
                       TDK_OPT_REQUIRED | TDK_OPT_SECRET),
      tapedeck::option("size", TDK_OPT_STRING, "small", "how much", 0, "small|large"),
      tapedeck::option("page", TDK_OPT_INT, "500", "rows a request"),
      tapedeck::option("pause", TDK_OPT_DURATION, "0s", "between requests")};
  static constexpr tdk_descriptor descriptor =
      tapedeck::describe("scripted", "Scripted", "1.2.3", tapedeck::provider_iids, options);
  static constexpr int price_exp = -2, volume_exp = 0;

  Scripted(tapedeck::Host host, tapedeck::Config config) : host_(host), key_(config.get("key")) {
    if (key_ == "hang") wait_for_release();
    if (config.get("size").empty()) throw tapedeck::Error(TDK_INTERNAL, "no default filled in");
  }

  void info(tdk_provider_info &i) {
    static constexpr tdk_interval kIntervals[] = {{TDK_UNIT_MINUTE, 1}, {TDK_UNIT_HOUR, 1}};
    i.intervals = kIntervals;
    i.interval_count = 2;
    i.max_candles_per_call = 1000;
  }

  void fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                     const tapedeck::Cancel &cancel) {
    if (inside_.fetch_add(1) != 0) throw tapedeck::Error(TDK_INTERNAL, "entered twice");
    try {
      act(rq, out, cancel);
    } catch (...) {
      inside_.fetch_sub(1);
      throw;
    }
    inside_.fetch_sub(1);
  }

  void fetch_quotes(tapedeck::span<const tdk_str> symbols, const tdk_quote_sink &sink,
                    const tapedeck::Cancel &) {
    for (const auto &symbol : symbols) {
      tdk_quote q{};
      q.struct_size = sizeof q;
      q.symbol = symbol;
      q.last = 42;
      q.volume = 7;
      if (tapedeck::sv(symbol) == "WILD") q.price_exp = 19;
      if (tapedeck::sv(symbol) == "LATE") q.time = INT64_MAX;
      if (tapedeck::sv(symbol) == "NAMELESS") q.symbol = {};
      q.sequence = q.trades = TDK_NULL_I64;
      tapedeck::detail::raise_unless_ok(sink.on_quotes(sink.ctx, &q, 1, sizeof q));
    }
  }

  void search_symbols(std::string_view query, std::uint64_t, const tdk_symbol_sink &sink,
                      const tapedeck::Cancel &) {
    tdk_symbol s{};
    s.struct_size = sizeof s;
    s.symbol = tapedeck::str(query);
    s.name = tapedeck::str("broken \xff name");
    if (query == "BROKEN") s.symbol = tapedeck::str("EUR\xff");
    if (query == "CONTROL") s.symbol = tapedeck::str("EUR\nUSD");
    if (query == "WILD") s.price_exp = 19, s.price_exp_known = 1;
    if (query == "LONG") s.name = {kZeros, sizeof kZeros};
    tapedeck::detail::raise_unless_ok(sink.on_symbols(sink.ctx, &s, 1, sizeof s));
  }

  // The country says what is wrong with the event.
  void fetch_calendar(const tdk_range &range, std::string_view country, const tdk_calendar_sink &sink,
                      const tapedeck::Cancel &) {
    tdk_calendar_event e{};
    e.struct_size = sizeof e;
    e.time = country == "OUTSIDE" ? range.to : range.from;
    if (country != "UNTITLED") e.title = tapedeck::str("CPI \xff");
    e.country = tapedeck::str(country);
    e.actual = {310, country == "WILD" ? -19 : -2, 1};
    if (country == "EMPTY") e.forecast = {TDK_NULL_I64, 0, 1};
    if (country == "NONE") throw tapedeck::Error(TDK_NOT_SUPPORTED, "no such endpoint");
    tapedeck::detail::raise_unless_ok(sink.on_events(sink.ctx, &e, 1, sizeof e));
  }

  std::int64_t earliest(const tdk_series &, const tapedeck::Cancel &) { return 17 * kMinute; }

  // The first symbol says what happens.
  void run_stream(const tdk_stream_request &rq, const tdk_stream_sink &sink, const tapedeck::Cancel &cancel) {
    const std::string what(tapedeck::sv(rq.series->symbol));
    if (what == "HANG") wait_for_release();
    if (what == "WAIT") host_.sleep(3600 * std::int64_t{1'000'000'000}, cancel);
    if (what == "DEAF") return push_until_released(sink);
    tapedeck::detail::raise_unless_ok(stream(what, *rq.series, sink));
    throw tapedeck::Error(TDK_UNAVAILABLE, "the vendor hung up");
  }
  static constexpr std::uint64_t stream_capabilities = TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES;

 private:
  static constexpr char kZeros[5000] = {};
  static tdk_status stream(const std::string &what, tdk_series series, const tdk_stream_sink &sink) {
    std::int64_t times[2] = {0, kMinute};
    const std::int64_t prices[2] = {5, 6};
    tdk_candle_batch batch{};
    batch.struct_size = sizeof batch;
    batch.count = 2;
    batch.open_time = times;
    batch.open = batch.high = batch.low = batch.close = prices;
    tdk_quote quote{};
    quote.struct_size = sizeof quote;
    quote.symbol = series.symbol;
    quote.last = 42;
    quote.flags = TDK_QUOTE_TRADE;
    quote.volume = quote.sequence = quote.trades = TDK_NULL_I64;
    tdk_stream_event event{};
    event.struct_size = sizeof event;
    event.kind = TDK_STREAM_CONNECTED;
    if (what == "NO COLUMN") batch.close = nullptr;
    if (what == "HUGE") batch.count = UINT64_C(1) << 40;
    if (what == "LONG SYMBOL") series.symbol.size = quote.symbol.size = UINT64_C(1) << 40;
    if (what == "NULL SYMBOL") series.symbol = {nullptr, 5};
    if (what == "SMALL EVENT") event.struct_size = 4;
    if (what == "LONG DETAIL") event.detail = {"x", UINT64_C(1) << 40};
    if (what == "EXPONENT") quote.price_exp = 99;
    if (what == "SIZE EXPONENT") quote.size_exp = 99;
    if (what == "VOLUME EXPONENT") quote.volume_exp = 254;
    if (what == "NO TIME") quote.time = TDK_NULL_I64;
    if (what == "NO CANDLE TIME") times[0] = TDK_NULL_I64;
    if (what == "DETAIL") event.detail = tapedeck::str("broken \xff");
    if (const tdk_status s = sink.on_event(sink.ctx, &event); s != TDK_OK) return s;
    if (const tdk_status s = sink.on_candles(sink.ctx, what == "NO SERIES" ? nullptr : &series, &batch); s != TDK_OK) return s;
    return sink.on_quotes(sink.ctx, &quote, 1, sizeof quote);
  }
  // Hears neither its token nor the sink.
  void push_until_released(const tdk_stream_sink &sink) {
    const tapedeck::Cancel deaf(nullptr);
    tdk_stream_event event{};
    event.struct_size = sizeof event;
    event.kind = TDK_STREAM_HEARTBEAT;
    while (host_.service<int>("test.release") == nullptr) {
      sink.on_event(sink.ctx, &event);
      host_.sleep(1'000'000, deaf);
    }
  }
  void act(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
           const tapedeck::Cancel &cancel) {
    if (rq.symbol == "BAD") return push_bad(rq, out);
    if (rq.symbol == "LIMIT") throw tapedeck::Error(TDK_RATE_LIMITED, "slow\ndown", 1500, 429);
    if (rq.symbol == "STOP") throw tapedeck::Error(TDK_STOP, "nobody asked me to");
    if (rq.symbol == "UNKNOWN") throw tapedeck::Error(4711, "what");
    if (rq.symbol == "WAIT") host_.sleep(3600 * std::int64_t{1'000'000'000}, cancel);
    if (rq.symbol == "HANG") wait_for_release();
    if (rq.symbol == "SLOW") host_.sleep(1'000'000, cancel);
    push_minutes(rq, out);
  }
  // Deaf to its token, as a plugin in a blocking system call is.
  void wait_for_release() {
    const tapedeck::Cancel deaf(nullptr);
    while (host_.service<int>("test.release") == nullptr) host_.sleep(1'000'000, deaf);
  }

  tapedeck::Host host_;
  std::string key_;
  std::atomic<int> inside_{0};
};

class Crowd {
 public:
  static constexpr tdk_descriptor descriptor = tapedeck::describe(
      "crowd", "Crowd", "1.0.0", tapedeck::provider_iids, nullptr, 0, TDK_PLUGIN_CONCURRENT);
  Crowd(tapedeck::Host host, tapedeck::Config) : host_(host) {}

  // Returns once two calls are inside.
  void fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &,
                     const tapedeck::Cancel &cancel) {
    if (rq.symbol != "MEET") return;
    inside_.fetch_add(1);
    while (inside_.load() < 2) host_.sleep(1'000'000, cancel);
  }

 private:
  tapedeck::Host host_;
  std::atomic<int> inside_{0};
};

class Store {
 public:
  static constexpr tdk_option options[] = {
      tapedeck::option("path", TDK_OPT_STRING, nullptr, "of the file", TDK_OPT_REQUIRED)};
  static constexpr tdk_descriptor descriptor =
      tapedeck::describe("store", "Store", "1.0.0", tapedeck::storage_iids, options);
  Store(tapedeck::Host host, tapedeck::Config) : host_(host) {}

  void commit(const tdk_commit &c, tdk_commit_result &result) {
    symbol_ = std::string(tapedeck::sv(c.series->symbol));
    if (symbol_ == "FULL") throw tapedeck::Error(TDK_IO, "disk is full");
    result.inserted = c.batch != nullptr ? c.batch->count : 0;
    for (std::uint64_t i = 0; i < result.inserted; ++i) times_.push_back(c.batch->open_time[i]);
  }
  void query(const tdk_candle_request &rq, const tdk_candle_sink &sink, const tapedeck::Cancel &c) {
    if (tapedeck::sv(rq.series->symbol) == "HANG")
      while (host_.service<int>("test.release") == nullptr) host_.sleep(1'000'000, deaf_);
    tapedeck::CandleWriter out(&sink, 0, 0);
    for (const auto t : times_) out.push(t, 1, 1, 1, 1);
    out.flush();
    c.check();
  }
  void coverage(const tdk_series &, const tdk_range &range, const tdk_coverage_sink &sink,
                const tapedeck::Cancel &) {
    tdk_coverage two[2] = {};
    for (auto &entry : two) entry.struct_size = sizeof entry;
    two[0].range = range;
    two[1].range = {range.to, range.to + 1};
    tapedeck::detail::raise_unless_ok(sink.on_coverage(sink.ctx, two, 2, sizeof two[0]));
  }
  void list_series(const tdk_series_sink &sink, const tapedeck::Cancel &) {
    tdk_series series{};
    series.struct_size = sizeof series;
    series.symbol = tapedeck::str(symbol_);
    tdk_series_stat stat{};
    stat.struct_size = sizeof stat;
    stat.series = &series;
    stat.rows = times_.size();
    tapedeck::detail::raise_unless_ok(sink.on_series(sink.ctx, &stat, 1, sizeof stat));
  }
  // Two quotes in the wrong order where the symbol is DISORDER.
  void query_quotes(const tdk_quote_request &rq, const tdk_quote_sink &sink,
                    const tapedeck::Cancel &) {
    tdk_quote two[2] = {};
    for (auto &q : two) q.struct_size = sizeof q;
    two[tapedeck::sv(rq.symbol) == "DISORDER" ? 0 : 1].time = 1;
    tapedeck::detail::raise_unless_ok(sink.on_quotes(sink.ctx, two, 2, sizeof two[0]));
  }
  std::uint64_t remove_before(const tdk_series &, std::int64_t, const tapedeck::Cancel &) {
    const auto n = times_.size();
    times_.clear();
    return n;
  }
  void health() {
    if (symbol_ == "FULL") throw tapedeck::Error(TDK_IO, "disk is full");
  }

 private:
  tapedeck::Host host_;
  tapedeck::Cancel deaf_{nullptr};
  std::string symbol_;
  std::vector<std::int64_t> times_;
};

// The symbol says what is wrong with what it hands over.
class Archive {
 public:
  static constexpr const char *iids[] = {TDK_IID_TRANSFER, nullptr};
  static constexpr tdk_descriptor descriptor = tapedeck::describe("archive", "Archive", "1.0.0", iids);
  Archive(tapedeck::Host, tapedeck::Config) {}

  // A standing candle at the begin of the range, and two values that gave way to it.
  void read_kept_candles(const tdk_series &series, const tdk_range &range, const tdk_kept_candle_sink &sink,
                         const tapedeck::Cancel &) {
    const std::string what(tapedeck::sv(series.symbol));
    std::int64_t times[2] = {range.from, range.from};
    const std::int64_t replaced[2] = {7, 8};
    if (what == "OUTSIDE") times[0] = range.to;
    if (what == "DISORDER") times[1] = range.from - 1;
    tdk_candle_batch batch{};
    batch.struct_size = sizeof batch;
    batch.count = 1;
    batch.open_time = batch.open = batch.high = batch.low = batch.close = times;
    batch.source = what == "NAMELESS" ? tdk_str{} : tapedeck::str("feed");
    tdk_kept_candles kept{sizeof kept, 3, tapedeck::str("1.0"), &batch, nullptr};
    if (what == "SMALL") kept.struct_size = 8;
    tapedeck::detail::raise_unless_ok(sink.on_candles(sink.ctx, &kept));
    batch.count = 2;
    kept.replaced_at = replaced;
    tapedeck::detail::raise_unless_ok(sink.on_candles(sink.ctx, &kept));
    kept.replaced_at = nullptr;
    if (what == "AGAIN") tapedeck::detail::raise_unless_ok(sink.on_candles(sink.ctx, &kept));
  }
  std::uint64_t write_kept_candles(const tdk_series &series, tapedeck::Rows<tdk_kept_candles> kept) {
    if (tapedeck::sv(series.symbol) == "OTHER") throw tapedeck::Error(TDK_INVALID_ARGUMENT, "another value stands there");
    std::uint64_t n = 0;
    for (std::uint64_t i = 0; i < kept.count; ++i) n += kept[i].batch->count;
    return n;
  }
  void tick_symbols(const tdk_text_sink &sink, const tapedeck::Cancel &) {
    const tdk_str two[] = {tapedeck::str("A"), tapedeck::str("B")};
    tapedeck::detail::raise_unless_ok(sink.on_texts(sink.ctx, two, 2));
  }
  void read_kept_quotes(std::string_view symbol, const tdk_range &range, const tdk_kept_quote_sink &sink,
                        const tapedeck::Cancel &) {
    tdk_quote two[2] = {};
    for (auto &q : two) {
      q.struct_size = sizeof q;
      q.symbol = symbol == "MIXED" ? tapedeck::str("X") : tapedeck::str(symbol);
      q.time = range.from;
      q.sequence = symbol == "UNNUMBERED" ? TDK_NULL_I64 : 5;
    }
    two[1].flags = TDK_QUOTE_TRADE;
    if (symbol == "DISORDER") std::swap(two[0].flags, two[1].flags), two[1].time = range.from - 1;
    if (symbol == "LATE") two[1].time = range.to;
    const tdk_kept_quotes kept{sizeof kept, 0, tapedeck::str("feed"), {}, two, 2, sizeof two[0]};
    tapedeck::detail::raise_unless_ok(sink.on_quotes(sink.ctx, &kept));
  }
};

// The key says what is wrong with the answer.
class Shelf {
 public:
  static constexpr tdk_descriptor descriptor =
      tapedeck::describe("shelf", "Shelf", "1.0.0", tapedeck::cache_iids);
  Shelf(tapedeck::Host, tapedeck::Config) {}

  std::optional<tapedeck::CacheValue> get(std::string_view key, const tapedeck::Cancel &) {
    if (key == "AWAY") throw tapedeck::Error(TDK_UNAVAILABLE, "the shelf is away");
    if (key == "STALE") return tapedeck::CacheValue{"x", 0};
    if (key == "HUGE") return tapedeck::CacheValue{std::string(65 << 20, 'x'), 1};
    if (key != key_) return std::nullopt;
    return tapedeck::CacheValue{value_, ttl_ns_};
  }
  void set(std::string_view key, std::string_view bytes, std::int64_t ttl_ns,
           const tapedeck::Cancel &) {
    key_ = key, value_ = bytes, ttl_ns_ = ttl_ns;
  }

  // The account says what is wrong with the answer; granted by the lease's parity.
  void exchange(const tdk_shared_ask &ask, const tdk_shared_sink &sink, const tapedeck::Cancel &) {
    const std::string what(tapedeck::sv(ask.account));
    if (what == "SILENT") return;
    tdk_shared_use use{};
    use.struct_size = sizeof use;
    use.used = ask.limits[0].amount;
    tdk_shared_answer answer{};
    answer.struct_size = what == "SMALL" ? 8 : sizeof answer;
    answer.flags = ask.lease % 2 ? TDK_SHARED_GRANTED : 0;
    answer.uses = &use;
    answer.use_count = what == "FEW" ? 0 : 1;
    answer.use_stride = sizeof use;
    tapedeck::detail::raise_unless_ok(sink.on_answer(sink.ctx, &answer));
  }

 private:
  std::string key_, value_;
  std::int64_t ttl_ns_ = 0;
};

// A storage's outbox and an event sink in one; the sink's name, and the event's key, say what is wrong with the answer.
class Post {
 public:
  static constexpr const char *iids[] = {TDK_IID_STORAGE, TDK_IID_OUTBOX, TDK_IID_EVENTSINK, nullptr};
  static constexpr tdk_descriptor descriptor = tapedeck::describe("post", "Post", "1.0.0", iids);
  Post(tapedeck::Host host, tapedeck::Config) : host_(host) {}

  void commit(const tdk_commit &, tdk_commit_result &) {}
  void query(const tdk_candle_request &, const tdk_candle_sink &, const tapedeck::Cancel &) {}

  void claim_outbox(std::string_view sink, std::string_view owner, std::int64_t now, std::int64_t until) {
    if (sink == "TAKEN") throw tapedeck::Error(TDK_BUSY, "claimed by another");
    owner_ = std::string(owner) + " " + std::to_string(until - now);
  }
  void read_outbox(const tdk_outbox_request &rq, const tdk_outbox_sink &sink, const tapedeck::Cancel &) {
    const std::string_view what = tapedeck::sv(rq.sink);
    tdk_outbox_entry two[2] = {};
    for (std::uint64_t i = 0; i < 2; ++i) {
      two[i].struct_size = sizeof two[i];
      two[i].state = rq.state;
      two[i].id = rq.after + 1 + i;
      two[i].sink = rq.sink;
      two[i].type = tapedeck::str("candle");
      two[i].key = tapedeck::str("k");
      two[i].payload = tapedeck::str(owner_);
      two[i].error = tapedeck::str("bad\nline");
    }
    if (what == "DISORDER") std::swap(two[0].id, two[1].id);
    if (what == "NULL") two[1].payload = {nullptr, 5};
    if (what == "HUGE") two[1].key.size = std::uint64_t{1} << 40;
    if (what == "OTHER") two[1].sink = tapedeck::str("bus");
    if (what == "DEAD") two[1].state = TDK_OUTBOX_DEAD;
    tapedeck::detail::raise_unless_ok(sink.on_entries(sink.ctx, two, 2, sizeof two[0]));
  }
  void settle_outbox(const tapedeck::Rows<tdk_outbox_outcome> &outcomes) {
    if (outcomes.count > 0 && outcomes[0].outcome == TDK_OUTCOME_DEAD) throw tapedeck::Error(TDK_IO, "disk is full");
  }
  std::uint64_t replay_outbox(const tdk_outbox_request &rq) { return rq.id; }
  std::uint64_t purge_outbox(const tdk_outbox_request &rq) { return rq.id + 1; }
  void stat_outbox(const tdk_outbox_stat_sink &sink, const tapedeck::Cancel &) {
    const tdk_outbox_stat one{sizeof one, 0, tapedeck::str("bus"), 3, 4, TDK_NULL_I64};
    tapedeck::detail::raise_unless_ok(sink.on_stats(sink.ctx, &one, 1, sizeof one));
  }

  void publish(const tapedeck::Rows<tdk_event> &events, tapedeck::EventFailures &failures, const tapedeck::Cancel &) {
    for (std::uint64_t i = 0; i < events.count; ++i) {
      const std::string_view key = tapedeck::sv(events[i].key);
      if (key == "POISON") failures.add(i, TDK_BAD_DATA, "too large");
      if (key == "LATER") failures.add(i, TDK_TIMEOUT, "no\nanswer");
      if (key == "TWICE") failures.add(i, TDK_TIMEOUT, ""), failures.add(i, TDK_TIMEOUT, "");
      if (key == "NONE") failures.add(events.count, TDK_BAD_DATA, "");
      if (key == "FINE") failures.add(i, TDK_OK, "");
      if (key == "AWAY") throw tapedeck::Error(TDK_UNAVAILABLE, "no broker");
      while (key == "HANG" && host_.service<int>("test.release") == nullptr) host_.sleep(1'000'000, deaf_);
    }
  }

 private:
  tapedeck::Host host_;
  tapedeck::Cancel deaf_{nullptr};
  std::string owner_;
};

}  // namespace

TDK_PLUGINS(Scripted, Crowd, Store, Archive, Shelf, Post)
