#include "net/tape_record.hpp"

#include <tapedeck/layer/core.hpp>

#include <boost/json.hpp>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "net/base64.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;
using Kind = TapeRecord::Kind;

constexpr int kVersion = 1;

[[noreturn]] void broken(const std::string &why) {
  throw Error(TDK_BAD_DATA, "reading a recording: " + why + "; record it again");
}

void add_text(std::string &out, std::string_view key, std::string_view value) {
  ((out += ",\"") += key) += "\":\"";
  append_json_escaped(out, value);
  out += '"';
}

void add_bytes(std::string &out, std::string_view key, std::string_view value) {
  if (is_utf8(value)) return add_text(out, key, value);
  add_text(out, std::string(key) + "_base64", to_base64(value));
}

void add_headers(std::string &out, const HeaderList &headers) {
  out += ",\"headers\":[";
  for (std::size_t i = 0; i < headers.size(); ++i) {
    out += i == 0 ? "[" : ",[";
    // A header may hold any byte from a stranger; what is kept of it is for reading.
    out += json_quoted(printable(headers[i].first, 256)) + "," + json_quoted(printable(headers[i].second, 16 * 1024));
    out += ']';
  }
  out += ']';
}

const char *time_key(Kind kind) {
  switch (kind) {
    case Kind::Opened: return "opened_ns";
    case Kind::Sent: return "sent_ns";
    case Kind::Ended: return "ended_ns";
    default: return "recv_ns";
  }
}

const json::value &member(const json::object &object, std::string_view key) {
  const json::value *value = object.if_contains(key);
  if (value == nullptr) broken("a line has no " + std::string(key));
  return *value;
}

std::string text_of(const json::value &value) {
  if (!value.is_string()) broken("a value is no text");
  return std::string(value.get_string());
}

std::int64_t number_of(const json::value &value) {
  if (!value.is_int64()) broken("a value is no whole number");
  return value.get_int64();
}

// The value of `key`, or of `key`_base64. False when the line has neither.
bool take_bytes(const json::object &object, std::string key, std::string &out) {
  if (const json::value *plain = object.if_contains(key)) {
    out = text_of(*plain);
    return true;
  }
  const json::value *encoded = object.if_contains(key += "_base64");
  if (encoded == nullptr) return false;
  auto bytes = from_base64(text_of(*encoded));
  if (!bytes) broken("a value is no base64");
  out = std::move(*bytes);
  return true;
}

void take_headers(const json::value &value, HeaderList &out) {
  if (!value.is_array()) broken("the headers are no list");
  for (const json::value &pair : value.get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) broken("a header is no pair");
    out.emplace_back(text_of(pair.get_array()[0]), text_of(pair.get_array()[1]));
  }
}

void take_opened(const json::object &object, TapeRecord &out) {
  if (number_of(member(object, "tape")) != kVersion) broken("its version is not 1");
  out.kind = Kind::Opened;
  out.plugin = text_of(member(object, "plugin"));
  out.stream = text_of(member(object, "stream"));
  out.url = text_of(member(object, "url"));
}

void take_answer(const json::object &object, TapeRecord &out) {
  out.kind = Kind::Answer;
  out.method = text_of(member(object, "method"));
  out.url = text_of(member(object, "url"));
  const std::int64_t status = number_of(member(object, "status"));
  if (status < 100 || status > 599) broken("a status that HTTP does not have");
  out.status = static_cast<int>(status);
  take_headers(member(object, "headers"), out.headers);
  if (!take_bytes(object, "body", out.payload)) broken("an answer has no body");
}

void take_message(const json::object &object, TapeRecord &out) {
  if (take_bytes(object, "text", out.payload)) return;
  out.is_text = false;
  if (!take_bytes(object, "binary", out.payload)) broken("a line is of no known kind");
}

}  // namespace

std::string to_tape_line(const TapeRecord &record) {
  std::string out = record.kind == Kind::Opened ? "{\"tape\":1,\"" : "{\"";
  (out += time_key(record.kind)) += "\":" + std::to_string(record.at_ns);
  switch (record.kind) {
    case Kind::Opened:
      add_text(out, "plugin", printable(record.plugin));
      add_text(out, "stream", record.stream);
      add_text(out, "url", record.url);
      break;
    case Kind::Message:
    case Kind::Sent: add_bytes(out, record.is_text ? "text" : "binary", record.payload); break;
    case Kind::Line: add_bytes(out, "line", record.payload); break;
    case Kind::Ended: add_bytes(out, "reason", record.payload); break;
    case Kind::Answer:
      add_text(out, "method", record.method);
      add_text(out, "url", record.url);
      out += ",\"status\":" + std::to_string(record.status);
      add_headers(out, record.headers);
      add_bytes(out, "body", record.payload);
      break;
  }
  return out += "}\n";
}

TapeRecord parse_tape_line(std::string_view line) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 4;
  const json::value value = json::parse({line.data(), line.size()}, error, {}, options);
  if (error || !value.is_object()) broken("a line is no JSON object");
  const json::object &object = value.get_object();
  TapeRecord out;
  if (const json::value *sent = object.if_contains("sent_ns")) {
    out.kind = Kind::Sent;
    out.at_ns = number_of(*sent);
    take_message(object, out);
  } else if (const json::value *ended = object.if_contains("ended_ns")) {
    out.kind = Kind::Ended;
    out.at_ns = number_of(*ended);
    if (!take_bytes(object, "reason", out.payload)) broken("an end has no reason");
  } else if (const json::value *opened = object.if_contains("opened_ns")) {
    out.at_ns = number_of(*opened);
    take_opened(object, out);
  } else {
    out.at_ns = number_of(member(object, "recv_ns"));
    out.kind = object.contains("method") ? Kind::Answer : Kind::Message;
    if (out.kind == Kind::Answer)
      take_answer(object, out);
    else if (take_bytes(object, "line", out.payload))
      out.kind = Kind::Line;
    else
      take_message(object, out);
  }
  return out;
}

}  // namespace tapedeck
