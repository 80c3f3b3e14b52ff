// GET /api/v1/candles/{symbol}: stored candles as they are read, batch by batch.
#include <exception>
#include <optional>

#include "api/asked_range.hpp"
#include "api/ledger_json.hpp"
#include "api/routes.hpp"
#include "query/candle_text.hpp"

namespace tapedeck::api {
namespace {

struct Asked {
  Interval interval;
  std::string price;  // empty: the usual one
  RangeParams range;
  std::uint64_t limit = 0;
  bool descending = false;
  CandleFormat format = CandleFormat::Json;
};

void refuse_later_parameters(const QueryParams &params) {
  for (const char *name : {"fetch_missing", "adjust"})
    if (params.find(name) != nullptr)
      throw HttpError(400, "not_supported", "parameter '" + std::string(name) + "' comes with a later version", "leave it out");
}

Asked read_asked(const RouteCall &call, Nanos now) {
  const QueryParams params(call.request.query,
                           {"interval", "price", "from", "to", "limit", "order", "format", "fetch_missing", "adjust"});
  refuse_later_parameters(params);
  const auto interval = params.interval();
  if (!interval) throw invalid_parameter("parameter 'interval' is missing", "add interval=1m, for example");
  const bool priced = params.find("price") != nullptr;
  Asked asked{*interval, priced ? params.choice("price", {"trade", "mid", "bid", "ask"}) : "", read_range(params, now), 0, false, CandleFormat::Json};
  asked.limit = params.count("limit", call.server.limits.max_limit).value_or(0);
  asked.descending = params.choice("order", {"asc", "desc"}) == "desc";
  const std::string format = params.choice("format", {"json", "csv", "ndjson"});
  if (format != "json") asked.format = format == "csv" ? CandleFormat::Csv : CandleFormat::Ndjson;
  return asked;
}

std::string_view content_type(CandleFormat format) {
  switch (format) {
    case CandleFormat::Csv: return "text/csv; charset=utf-8";
    case CandleFormat::Ndjson: return "application/x-ndjson";
    case CandleFormat::Json: break;
  }
  return kJson;
}

// The series, the range and the holes that an answer is made of.
struct Facts {
  KnownSeries known;
  std::optional<TimeRange> range;  // nothing: nothing is known and nothing was said
  std::vector<Hole> holes;
  // Complete: every candle of the range that has closed by now is there, or its absence is explained.
  // Where the range is empty because nothing is known of the series, nothing is complete.
  bool complete() const { return range && !range->empty() && holes.empty(); }
};

Facts gather(const RouteCall &call, const Asked &asked, Nanos now) {
  const QueryService &query = call.server.ports.query;
  const tdk_cancel *cancel = call.cancel.raw();
  Facts facts;
  facts.known = query.find(call.symbol, asked.interval.name(), asked.price, cancel);
  const bool both = asked.range.from && asked.range.to;
  facts.range = asked_range(asked.range, both ? std::nullopt : query.extent(facts.known, cancel), now);
  if (!facts.range) return facts;
  const TimeRange due = due_part(*facts.range, asked.interval, now);
  if (!due.empty()) facts.holes = query.holes(facts.known, due, cancel);
  return facts;
}

std::string json_opening(const Facts &facts, std::size_t hole_limit) {
  const auto end_of = [&](Nanos TimeRange::*end) { return facts.range ? std::optional((*facts.range).*end) : std::nullopt; };
  JsonWriter json;
  json.begin('{').key("symbol").text(facts.known.series.symbol);
  json.key("interval").text(facts.known.series.interval.name());
  json.key("price").text(price_type_name(facts.known.series.price_type));
  json.key("from").time(end_of(&TimeRange::from)).key("to").time(end_of(&TimeRange::to));
  write_holes(json, facts.holes, hole_limit);
  json.key("candles").begin('[');
  return json.take();
}

// The body: begun with the first batch, so that a store that fails at once gets a proper error.
class Body {
 public:
  Body(RouteCall &call, const Facts &facts, CandleFormat format)
      : call_(call), facts_(facts), format_(format), text_(format) {}

  void add(const tdk_candle_batch &batch) {
    begin();
    call_.response.write(text_.render(batch));
  }
  void finish() {
    begin();
    if (format_ == CandleFormat::Json) call_.response.write("]}\n");
    call_.response.end();
  }

 private:
  void begin() {
    if (call_.response.begun()) return;
    call_.cancel.drop_deadline();
    call_.response.begin(content_type(format_));
    if (format_ == CandleFormat::Csv) call_.response.write(csv_header());
    if (format_ == CandleFormat::Json) call_.response.write(json_opening(facts_, call_.server.limits.holes));
  }
  RouteCall &call_;
  const Facts &facts_;
  CandleFormat format_;
  CandleText text_;
};

void stream(RouteCall &call, const CandleQuery &query, Body &body) {
  // A storage may be a plugin: no exception of ours crosses its frames.
  std::exception_ptr failure;
  const auto on_batch = [&](const tdk_candle_batch &batch) {
    try {
      body.add(batch);
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  };
  call.server.ports.query.candles(query, on_batch, call.cancel.raw());
  if (failure) std::rethrow_exception(failure);
  // A storage that takes a cancellation for the end of its rows must not make a whole answer of it.
  if (const tdk_status s = call.cancel.status(); s != TDK_OK) throw Error(s, "reading candles: stopped before the end");
}

}  // namespace

void answer_candles(RouteCall &call) {
  const Nanos now = call.server.ports.clock.now_ns();
  const Asked asked = read_asked(call, now);
  const Counted slot(call.server.count.streams);
  if (slot.now() > call.server.limits.candle_streams) {
    HttpError busy(503, "busy", "too many candle answers are under way", "try again in a second");
    busy.retry_after_s = 1;
    throw busy;
  }
  const Facts facts = gather(call, asked, now);
  call.response.header("X-Coverage", facts.complete() ? "complete" : "partial");
  Body body(call, facts, asked.format);
  const bool rows = facts.range && !facts.range->empty() && !call.response.head_only();
  if (rows) stream(call, {facts.known, *facts.range, asked.limit, asked.descending}, body);
  body.finish();
}

}  // namespace tapedeck::api
