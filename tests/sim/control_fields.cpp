#include "sim/control_fields.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;

/// Longest delay; a test that waits longer has hung.
constexpr std::int64_t kMaxDelayMs = 600'000;
constexpr std::int64_t kMaxTimeMs = 100'000'000'000'000;

[[noreturn]] void refuse(const std::string &message) { throw std::invalid_argument(message); }

json::object parse_object(std::string_view body) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(body.data(), body.size()), error);
  if (error) refuse("the body is not JSON: " + error.message());
  if (!value.is_object()) refuse("the body must be a JSON object");
  return std::move(value.as_object());
}

std::string text(std::string_view name, const json::value &value) {
  if (!value.is_string()) refuse(quoted(name) + " must be a string");
  return {value.as_string().data(), value.as_string().size()};
}

std::int64_t integer(std::string_view name, const json::value &value, std::int64_t low,
                     std::int64_t high) {
  boost::system::error_code error;
  const auto number = value.to_number<std::int64_t>(error);
  if (error || number < low || number > high)
    refuse(quoted(name) + " must be an integer from " + std::to_string(low) + " to " +
           std::to_string(high));
  return number;
}

double real(std::string_view name, const json::value &value, double low, double high) {
  boost::system::error_code error;
  const auto number = value.to_number<double>(error);
  if (error || !std::isfinite(number) || number < low || number > high)
    refuse(quoted(name) + " must be a number from " + std::to_string(low) + " to " +
           std::to_string(high));
  return number;
}

FaultKind kind(const json::value &value) {
  const std::string name = text("kind", value);
  const auto found = find_fault_kind(name);
  if (!found) refuse("unknown kind '" + name + "'; there are " + fault_kind_names());
  return *found;
}

/// The fields that only faults of streams have.
bool set_stream_field(Fault &fault, std::string_view name, const json::value &value) {
  constexpr std::int64_t most_bytes = 1 << 28;
  if (name == "stream") {
    fault.stream = text(name, value);
    if (fault.stream == "*") fault.stream.clear();
    fault.on_stream = true;
  } else if (name == "now") {
    if (!value.is_bool()) refuse("'now' must be true or false");
    fault.now = value.as_bool();
    fault.on_stream = fault.on_stream || fault.now;
  } else if (name == "duration_ms") {
    fault.duration_ms = integer(name, value, 1, kMaxTimeMs);
  } else if (name == "code") {
    fault.close_code = static_cast<int>(integer(name, value, 1000, 4999));
  } else if (name == "reason") {
    fault.reason = text(name, value);
  } else if (name == "bytes") {
    fault.bytes = integer(name, value, 1, most_bytes);
  } else {
    return false;
  }
  return true;
}

void check_use(const Fault &fault, const json::object &object) {
  const StreamUse use = stream_use(fault.kind);
  if (use == StreamUse::Never && fault.on_stream)
    refuse("kind " + quoted(name_of(fault.kind)) + " hits requests, not streams");
  const bool on_stream = fault.on_stream || use == StreamUse::Always;
  for (const char *field : {"duration_ms", "code", "reason", "bytes"})
    if (!on_stream && object.contains(field)) refuse(quoted(field) + " is for faults of streams");
  const bool may_be_zero = fault.kind == FaultKind::Refuse && fault.status == 0;
  if (fault.status < 400 && !may_be_zero) refuse("'status' must be an integer from 400 to 599");
}

void set_field(Fault &fault, std::string_view name, const json::value &value) {
  constexpr std::int64_t most = 1'000'000'000;
  if (name == "vendor")
    fault.vendor = text(name, value);
  else if (name == "path")
    fault.path = text(name, value);
  else if (name == "symbol")
    fault.symbol = text(name, value);
  else if (name == "kind")
    fault.kind = kind(value);
  else if (name == "count")
    fault.count = integer(name, value, -1, most);
  else if (name == "probability")
    fault.probability = real(name, value, 0.0, 1.0);
  else if (name == "status")
    fault.status = static_cast<int>(integer(name, value, 0, 599));
  else if (name == "delay_ms")
    fault.delay_ms = integer(name, value, 0, kMaxDelayMs);
  else if (name == "after")
    fault.after = integer(name, value, 0, most);
  else if (name == "retry_after_s")
    fault.retry_after_s = integer(name, value, 0, most);
  else if (!set_stream_field(fault, name, value))
    refuse("unknown field " + quoted(name));
}

std::int64_t time_value(const json::value &value) {
  if (!value.is_string()) return integer("now", value, -kMaxTimeMs, kMaxTimeMs);
  const std::string iso = text("now", value);
  const auto parsed = parse_iso8601(iso);
  if (!parsed) refuse("'now' must be ISO 8601 or epoch milliseconds, not '" + iso + "'");
  return *parsed;
}

}  // namespace

Fault parse_fault(std::string_view body) {
  const json::object object = parse_object(body);
  Fault fault;
  for (const auto &field : object)
    set_field(fault, {field.key().data(), field.key().size()}, field.value());
  for (const char *needed : {"vendor", "kind"})
    if (!object.contains(needed)) refuse(quoted(needed) + " is missing");
  if (fault.count == 0) refuse("'count' must be -1 or at least 1");
  if (fault.kind == FaultKind::Status && !object.contains("status"))
    refuse("'status' is missing; kind 'status' needs it");
  const bool slow = fault.kind == FaultKind::Delay || fault.kind == FaultKind::SlowDrip;
  if (slow && fault.delay_ms == 0)
    refuse("'delay_ms' is missing; kind " + quoted(name_of(fault.kind)) + " needs it");
  check_use(fault, object);
  return fault;
}

std::optional<std::int64_t> parse_stream_life(std::string_view body) {
  const json::object object = parse_object(body);
  if (object.size() != 1 || !object.contains("life_ms")) refuse("expected one field, 'life_ms'");
  const json::value &value = object.at("life_ms");
  if (value.is_null()) return std::nullopt;
  return integer("life_ms", value, 1, kMaxTimeMs);
}

ClockChange parse_clock_change(std::string_view body) {
  ClockChange change;
  for (const auto &field : parse_object(body)) {
    const std::string_view name(field.key().data(), field.key().size());
    if (name == "now")
      change.now_ms = time_value(field.value());
    else if (name == "speed")
      change.speed = real(name, field.value(), 0.0, 100'000.0);
    else if (name == "advance_ms")
      change.advance_ms = integer(name, field.value(), -kMaxTimeMs, kMaxTimeMs);
    else
      refuse("unknown field " + quoted(name));
  }
  if (!change.now_ms && !change.speed && !change.advance_ms)
    refuse("nothing to do; give 'now', 'speed' or 'advance_ms'");
  if (change.now_ms && change.advance_ms) refuse("'now' and 'advance_ms' exclude each other");
  return change;
}

}  // namespace tapedeck::sim
