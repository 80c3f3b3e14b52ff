#include "parse_stream.hpp"

#include "stream_fields.hpp"

#include <tapedeck/abi/market.h>

#include <algorithm>

namespace binance {
namespace {

using Kind = StreamMessage::Kind;

constexpr std::int64_t kNsPerMs = 1'000'000, kNsPerUs = 1'000;

// A moment in the vendor's unit. Milliseconds end in 2200; what lies beyond is microseconds, which
// reached that number in March 1970.
struct Stamp {
  std::int64_t ns, unit_ns;
};
Stamp read_stamp(const FieldReader &in, FieldName field) {
  const std::int64_t value = in.whole_number(field);
  if (value < kEndOfTimeMs) return {value * kNsPerMs, kNsPerMs};
  if (value < kEndOfTimeMs * 1000) return {value * kNsPerUs, kNsPerUs};
  in.refuse(field, "no time before 2200");
}

// The vendor writes 0 for a side of the book that is empty.
void forget_if_zero(std::int64_t &price, std::int64_t &size) {
  if (price != 0) return;
  price = TDK_NULL_I64;
  size = TDK_NULL_I64;
}

void read_trade_values(const FieldReader &in, StreamTrade &out) {
  read_stamp(in, {'E', "event time"});
  out.time_ns = read_stamp(in, {'T', "trade time"}).ns;
  out.price_exp = in.amounts({{{'p', "price"}, &out.price}});
  if (out.price == 0) in.refuse({'p', "price"}, "zero");
  out.size_exp = in.amounts({{{'q', "quantity"}, &out.size}});
  out.aggressor_sold = in.flag({'m', "buyer is maker"});
}

void read_trade(const FieldReader &in, StreamTrade &out) {
  out.id = in.whole_number({'t', "trade id"});
  out.trades = 1;
  read_trade_values(in, out);
}

void read_agg_trade(const FieldReader &in, StreamTrade &out) {
  out.id = in.whole_number({'a', "aggregate id"});
  const std::int64_t first = in.whole_number({'f', "first trade id"});
  const std::int64_t last = in.whole_number({'l', "last trade id"});
  if (last < first || last - first == INT64_MAX)
    in.refuse({'l', "last trade id"}, "before the first");
  out.trades = last - first + 1;
  read_trade_values(in, out);
}

void read_book(const FieldReader &in, StreamBook &out) {
  out.update_id = in.whole_number({'u', "update id"});
  out.price_exp = in.amounts({{{'b', "bid"}, &out.bid}, {{'a', "ask"}, &out.ask}});
  out.size_exp =
      in.amounts({{{'B', "bid quantity"}, &out.bid_size}, {{'A', "ask quantity"}, &out.ask_size}});
  forget_if_zero(out.bid, out.bid_size);
  forget_if_zero(out.ask, out.ask_size);
}

// Weeks and months may close early (a delisted pair), as in /api/v3/klines.
void check_kline_times(const FieldReader &in, const Interval &interval, Stamp open, Stamp close) {
  const std::int64_t open_ms = open.ns / kNsPerMs;
  if (open.ns % kNsPerMs != 0 || !on_grid(interval, open_ms))
    in.refuse({'t', "open time"}, "not the start of an interval");
  const std::int64_t due = next_open(interval, open_ms) * kNsPerMs - close.unit_ns;
  const bool may_be_early = interval.id.unit >= TDK_UNIT_WEEK && close.ns > open.ns;
  if (close.ns != due && !(may_be_early && close.ns < due))
    in.refuse({'T', "close time"}, "not right before the next open time");
}

void check_kline_prices(const FieldReader &in, const StreamKline &k) {
  const auto outside = [&](std::int64_t price) { return price < k.low || price > k.high; };
  if (outside(k.open)) in.refuse({'o', "open"}, "outside low to high");
  if (outside(k.close)) in.refuse({'c', "close"}, "outside low to high");
}

void read_kline(const FieldReader &in, StreamKline &out) {
  const Stamp open = read_stamp(in, {'t', "open time"}),
              close = read_stamp(in, {'T', "close time"});
  check_kline_times(in, *out.interval, open, close);
  out.open_time_ns = open.ns;
  out.price_exp = in.amounts({{{'o', "open"}, &out.open},
                              {{'h', "high"}, &out.high},
                              {{'l', "low"}, &out.low},
                              {{'c', "close"}, &out.close}});
  out.volume_exp = in.amounts({{{'v', "volume"}, &out.volume}});
  out.turnover_exp = in.amounts({{{'q', "quote volume"}, &out.turnover}});
  out.trades = in.whole_number({'n', "trades"});
  out.closed = in.flag({'x', "closed"});
  check_kline_prices(in, out);
}

// What the name of a combined stream promises of its payload.
struct Promise {
  Kind kind = Kind::Ignored;  // Ignored: nothing that is read here
  std::string_view symbol, interval;
};

Promise promise_of(std::string_view name) {
  const std::size_t at = name.find('@');
  if (at == name.npos) return {};
  const std::string_view symbol = name.substr(0, at), what = name.substr(at + 1);
  if (what == "trade") return {Kind::Trade, symbol, {}};
  if (what == "bookTicker") return {Kind::BookTicker, symbol, {}};
  if (what == "aggTrade") return {Kind::AggTrade, symbol, {}};
  constexpr std::string_view kKline = "kline_";
  if (what.substr(0, kKline.size()) != kKline) return {};
  // Intervals that Tapedeck has no word for (3m, 2h, 1d@+08:00) are somebody else's.
  const std::string_view interval = what.substr(kKline.size());
  return find_interval(interval) ? Promise{Kind::Kline, symbol, interval} : Promise{};
}

// Streams write a symbol's ASCII letters in lower case, payloads in upper case. What the vendor
// does with the case of other letters is not documented, so from the first of them on nothing is
// compared.
bool same_symbol(std::string_view of_stream, std::string_view of_payload) {
  const std::size_t size = std::min(of_stream.size(), of_payload.size());
  for (std::size_t i = 0; i < size; ++i) {
    const char a = of_stream[i], b = of_payload[i];
    if (static_cast<unsigned char>(a | b) >= 0x80) return true;
    if (a != (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b)) return false;
  }
  return of_stream.size() == of_payload.size();
}

// One message on its way.
class Decoder {
 public:
  Decoder(std::string_view whole, StreamMessage &out) : whole_(whole), out_(out) {}

  void decode() {
    if (decode_usual_form()) return;
    Scanner in(whole_, whole_);
    if (in.peek() == '[') {  // !miniTicker@arr, raw
      in.value();
      out_.kind = Kind::Ignored;
    } else {
      decode_object(in);
    }
    in.expect_end();
  }

 private:
  // The top level's keys that are no single letters.
  struct Envelope {
    struct Member {
      std::string_view key;
      JsonSlice value{nullptr, 0, JsonType::Null};
      bool seen = false;
    };
    Member stream{"stream"}, data{"data"}, result{"result"}, error{"error"};
    Member id{"id"}, code{"code"}, msg{"msg"};

    Member *find(std::string_view key) {
      for (Member *m : {&stream, &data, &result, &error, &id, &code, &msg})
        if (m->key == key) return m;
      return nullptr;
    }
  };

  // {"stream":"NAME","data":{...}} without white space and in that order is what comes, nearly
  // always. False: it is not that, and nothing has been decided.
  bool decode_usual_form() {
    constexpr std::string_view kBegin = R"({"stream":")", kMiddle = R"(","data":)";
    if (whole_.substr(0, kBegin.size()) != kBegin) return false;
    const JsonSlice name = Scanner(whole_.substr(kBegin.size() - 1), whole_).text();
    const std::size_t name_end = kBegin.size() + name.size;
    if (name.type != JsonType::Text || whole_.substr(name_end, kMiddle.size()) != kMiddle)
      return false;
    Scanner in(whole_.substr(name_end + kMiddle.size()), whole_);
    if (in.peek() != '{') return false;
    LetterFields fields;
    fields.read(in);
    if (!in.take('}') || !in.at_end()) return false;
    decode_promised(fields, promise_of(name.text()));
    return true;
  }

  void decode_object(Scanner &in) {
    Envelope envelope;
    LetterFields fields;
    read_envelope(in, envelope, &fields);
    if (envelope.stream.seen && envelope.data.seen)
      decode_wrapped(envelope);
    else if (envelope.id.seen || envelope.error.seen || envelope.code.seen)
      decode_reply(envelope);
    else
      decode_payload(fields, kind_by_payload(fields), {});
  }

  static void read_envelope(Scanner &in, Envelope &envelope, LetterFields *fields) {
    fields->read(in, [&](std::string_view key, const JsonSlice &value) {
      Envelope::Member *member = envelope.find(key);
      if (member == nullptr) return;
      if (member->seen) in.fail("the key '" + std::string(key) + "' twice");
      member->seen = true;
      member->value = value;
    });
  }

  void decode_wrapped(const Envelope &envelope) {
    if (envelope.stream.value.type != JsonType::Text) refuse("stream is no text");
    const Promise promise = promise_of(envelope.stream.value.text());
    if (envelope.data.value.type != JsonType::Object) {
      if (promise.kind != Kind::Ignored) refuse("data is no object");
      out_.kind = Kind::Ignored;
      return;
    }
    Scanner in(envelope.data.value.text(), whole_);
    LetterFields fields;
    fields.read(in);
    decode_promised(fields, promise);
  }

  void decode_reply(const Envelope &envelope) {
    StreamReply &reply = out_.reply;
    out_.kind = Kind::Reply;
    reply = {false, 0, envelope.error.seen || envelope.code.seen, 0, {}};
    reply.has_id = envelope.id.seen && FieldReader::read_whole(envelope.id.value, reply.id);
    if (!reply.is_error) return;
    Envelope wrapped;
    LetterFields none;
    if (envelope.error.seen && envelope.error.value.type == JsonType::Object) {
      Scanner in(envelope.error.value.text(), whole_);
      read_envelope(in, wrapped, &none);
    }
    const Envelope &from = wrapped.code.seen ? wrapped : envelope;
    if (!from.code.seen || !FieldReader::read_whole(from.code.value, reply.code)) reply.code = -1;
    reply.message = from.msg.seen ? from.msg.value.text() : whole_;
  }

  Kind kind_by_payload(const LetterFields &fields) const {
    if (!fields.has('e')) {
      const bool book = fields.has('u') && fields.has_text('s') && fields.has_text('b') &&
                        fields.has_text('B') && fields.has_text('a') && fields.has_text('A');
      return book ? Kind::BookTicker : Kind::Ignored;
    }
    const std::string_view event = fields['e'].text();
    if (event == "trade") return Kind::Trade;
    if (event == "bookTicker") return Kind::BookTicker;  // the futures' form
    if (event == "kline") return Kind::Kline;
    if (event == "aggTrade") return Kind::AggTrade;
    return event == "serverShutdown" ? Kind::ServerShutdown : Kind::Ignored;
  }

  // A stream that carries something else than its name says is damaged, and passing over it would
  // lose data without a word. Of a stream that is not read here nothing is, but for the shutdown,
  // which needs no subscription.
  void decode_promised(const LetterFields &fields, const Promise &promise) {
    Kind kind = kind_by_payload(fields);
    if (promise.kind == Kind::Ignored) {
      out_.kind = kind == Kind::ServerShutdown ? kind : Kind::Ignored;
      return;
    }
    if (promise.kind == Kind::BookTicker && !fields.has('e')) kind = promise.kind;
    if (kind != promise.kind) refuse("the stream carries something else than its name says");
    decode_payload(fields, kind, promise);
  }

  // An empty promise: the payload came raw, and nothing is known but itself.
  void decode_payload(const LetterFields &fields, Kind kind, const Promise &promise) {
    out_.kind = kind;
    switch (out_.kind) {
      case Kind::Trade:
        return read_trade(symbol_of("trade", fields, promise), out_.trade);
      case Kind::AggTrade:
        return read_agg_trade(symbol_of("aggTrade", fields, promise), out_.trade);
      case Kind::BookTicker:
        return read_book(symbol_of("bookTicker", fields, promise), out_.book);
      case Kind::Kline:
        return decode_kline(fields, promise);
      default:
        return;
    }
  }

  FieldReader symbol_of(const char *kind, const LetterFields &fields, const Promise &promise) {
    const FieldReader in(fields, kind, whole_);
    out_.symbol = in.text({'s', "symbol"});
    if (promise.kind != Kind::Ignored && !same_symbol(promise.symbol, out_.symbol))
      in.refuse({'s', "symbol"}, "not that of the stream");
    return in;
  }

  void decode_kline(const LetterFields &fields, const Promise &promise) {
    const FieldReader outer = symbol_of("kline", fields, promise);
    read_stamp(outer, {'E', "event time"});
    if (!fields.has('k') || fields['k'].type != JsonType::Object)
      outer.refuse({'k', "the candle"}, "no object");
    Scanner in(fields['k'].text(), whole_);
    LetterFields candle;
    candle.read(in);
    const FieldReader inner(candle, "kline", whole_);
    if (inner.text({'s', "symbol"}) != out_.symbol)
      inner.refuse({'s', "symbol"}, "not that of the message");
    const std::string_view interval = inner.text({'i', "interval"});
    if (promise.kind != Kind::Ignored && interval != promise.interval)
      inner.refuse({'i', "interval"}, "not that of the stream");
    out_.kline.interval = find_interval(interval);
    if (out_.kline.interval == nullptr)
      out_.kind = Kind::Ignored;
    else
      read_kline(inner, out_.kline);
  }

  [[noreturn]] void refuse(const char *why) const {
    throw tapedeck::Error(TDK_BAD_DATA, std::string("binance stream: ") + why + ", in '" +
                                            kit::excerpt(whole_, 200) + "'");
  }

  std::string_view whole_;
  StreamMessage &out_;
};

}  // namespace

void parse_stream_message(std::string_view bytes, StreamMessage &out) {
  if (bytes.size() > UINT32_MAX)
    throw tapedeck::Error(TDK_BAD_DATA, "binance stream: a message of more than 4 GB");
  Decoder(bytes, out).decode();
}

}  // namespace binance
