#include "parse_stream.hpp"

#include "kit/text.hpp"
#include "times.hpp"

namespace twelvedata {
namespace {

using kit::JsonValue;
using Kind = StreamMessage::Kind;

constexpr kit::JsonLimits kLimits{8, 100'000};

StreamPrice price_of(const JsonValue &m) {
  StreamPrice out;
  out.symbol = m["symbol"].text();
  if (out.symbol.empty()) m["symbol"].refuse("is empty");
  out.exchange = m["exchange"].text_or({});
  out.mic = m["mic_code"].text_or({});
  out.time_s = m["timestamp"].whole_number();
  if (out.time_s < 0 || out.time_s >= kEndOfTimeSeconds)
    m["timestamp"].refuse("is no time in seconds between 1970 and 2200");
  out.price = m["price"].decimal();
  if (m["bid"].exists()) out.bid = m["bid"].decimal();
  if (m["ask"].exists()) out.ask = m["ask"].decimal();
  return out;
}

// A row is an object, or the symbol alone.
std::vector<StreamSymbol> symbols_of(const JsonValue &list) {
  std::vector<StreamSymbol> out;
  if (!list.exists()) return out;
  for (const JsonValue row : list.children()) {
    StreamSymbol &symbol = out.emplace_back();
    if (row.is_text()) {
      symbol.symbol = row.text();
      continue;
    }
    symbol.symbol = row["symbol"].text();
    symbol.exchange = row["exchange"].text_or({});
    symbol.mic = row["mic_code"].text_or({});
    symbol.message = row["message"].text_or({});
  }
  return out;
}

std::string messages_of(const JsonValue &m) {
  if (m["message"].is_text()) return std::string(m["message"].text());
  if (!m["messages"].is_array()) return {};
  std::string out;
  for (const JsonValue text : m["messages"].children())
    out.append(out.empty() ? "" : "; ").append(text.text_or({}));
  return out;
}

SubscribeStatus status_of(const JsonValue &m) {
  SubscribeStatus out;
  out.status = m["status"].text();
  out.success = symbols_of(m["success"]);
  out.fails = symbols_of(m["fails"]);
  out.message = messages_of(m);
  return out;
}

Kind kind_of(std::string_view event, const JsonValue &m) {
  if (event == "price") return Kind::Price;
  if (event == "subscribe-status") return Kind::Status;
  if (event == "heartbeat") return Kind::Heartbeat;
  if (event == "error" || (event.empty() && error_in(m))) return Kind::Error;
  return Kind::Ignored;  // unsubscribe-status and whatever is new
}

}  // namespace

StreamMessage parse_stream_message(std::string_view bytes) {
  const kit::ExactJson tree(bytes, "twelvedata stream", kLimits);
  const JsonValue m = tree.root();
  if (!m.is_object()) m.refuse("is not an object");
  StreamMessage out;
  out.kind = kind_of(m["event"].is_text() ? m["event"].text() : std::string_view(), m);
  if (out.kind == Kind::Price) out.price = price_of(m);
  if (out.kind == Kind::Status) out.status = status_of(m);
  if (out.kind == Kind::Error) {
    out.error = error_in(m).value_or(VendorError{});
    if (out.error.message.empty()) out.error.message = messages_of(m);
  }
  return out;
}

}  // namespace twelvedata
