#include "stream_run.hpp"

#include "kit/text.hpp"
#include "quote_of.hpp"
#include "refusal.hpp"
#include "symbols.hpp"

namespace oanda {
namespace {

constexpr std::int64_t kLookAgainNs = 100'000'000;  // for a cancellation

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

}  // namespace

StreamRun::StreamRun(Session &session, Catalogue &catalogue, const tdk_stream_sink &sink,
                     const tapedeck::Cancel &cancel)
    : session_(session),
      catalogue_(catalogue),
      cancel_(cancel),
      out_(sink),
      ignored_(session.host(), tapedeck::MetricKind::Counter, "oanda_stream_ignored_total"),
      untradeable_(session.host(), tapedeck::MetricKind::Counter,
                   "oanda_stream_untradeable_total") {}

void StreamRun::ask_for(const tapedeck::StreamRequest &request) {
  for (std::size_t i = 0; i < request.size(); ++i) add(request[i]);
  if (!wanted_.empty()) return;
  if (first_objection_.empty())
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "streaming: no series; name at least one");
  throw tapedeck::Error(TDK_NOT_FOUND, first_objection_);
}

std::string StreamRun::objection_to(const tdk_series &series, std::string &vendor_name) {
  if (tapedeck::stream_kind(series) != tapedeck::StreamKind::Quotes)
    return "OANDA streams quotes only; candles are built of them";
  try {
    vendor_name = vendor_symbol(tapedeck::sv(series.symbol));
  } catch (const tapedeck::Error &error) {
    return error.what();
  }
  // One unknown name would refuse the whole stream.
  if (!catalogue_.has(vendor_name, cancel_))
    return "streaming " + vendor_name +
           ": the account knows no such instrument; search for it to see how it is written";
  if (wanted_.size() >= kInstrumentsPerStream && wanted_.count(vendor_name) == 0)
    return "streaming " + vendor_name + ": a stream carries 100 instruments";
  return {};
}

void StreamRun::add(const tdk_series &series) {
  std::string name;
  const std::string objection = objection_to(series, name);
  if (!objection.empty()) {
    if (first_objection_.empty()) first_objection_ = objection;
    return out_.rejected(series, objection);
  }
  wanted_[name].push_back(std::make_unique<tapedeck::OwnedSeries>(series));
}

// The host turns an answer that is not 2xx into an error with the beginning of its body, which the
// streaming host mostly leaves empty.
tapedeck::LineConnection StreamRun::connect() {
  std::string list;
  for (const auto &[name, series] : wanted_) list += (list.empty() ? "" : ",") + name;
  const Get get{"the stream of " + kit::excerpt(list),
                "/v3/accounts/" + session_.account(cancel_) +
                    "/pricing/stream?instruments=" + kit::percent_encoded(list) + "&snapshot=true"};
  return session_.connect(get, cancel_);
}

// A 401 may be a mistake here, too.
void StreamRun::until_it_ends() {
  try {
    read_to_the_end();
  } catch (const tapedeck::Error &error) {
    if (connected_ || error.code() != TDK_UNAUTHENTICATED) throw;
  }
  read_to_the_end();
}

void StreamRun::read_to_the_end() {
  tapedeck::LineConnection lines = connect();
  if (lines.status() / 100 != 2)
    throw refusal("opening a stream at " + session_.settings().stream_url, lines.status(), {});
  for (;;) {
    cancel_.check();
    out_.flush_after([&] {
      lines.receive(kLookAgainNs, cancel_, [&](std::string_view line) { on_line(line); });
    });
  }
}

void StreamRun::on_line(std::string_view line) {
  line = without_line_end(line);
  if (line.empty()) return;
  if (!connected_ && is_html(line))
    throw refusal("opening a stream at " + session_.settings().stream_url, 200, line);
  parse_stream_line(line, line_);
  if (line_.kind == StreamLine::Kind::Refusal)
    throw refusal_on_stream("reading the stream of " + session_.settings().stream_url, line_.said);
  if (line_.kind == StreamLine::Kind::Other) return ignored_.record(1);
  if (!connected_) {
    connected_ = true;
    out_.connected();
  }
  if (line_.kind == StreamLine::Kind::Heartbeat) return out_.heartbeat();
  on_price(line_.price);
}

void StreamRun::on_price(const Price &price) {
  const auto found = wanted_.find(price.instrument);
  if (found == wanted_.end()) return ignored_.record(1);
  auto quote = price.tradeable ? quote_of(price, {}) : std::nullopt;  // the first line is of Friday at a weekend
  if (!quote) return untradeable_.record(1);
  for (const auto &series : found->second) {
    quote->symbol = series->get().symbol;
    out_.quote(*quote);
  }
}

}  // namespace oanda
