#include "sim/control.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <stdexcept>

#include "sim/control_fields.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;

Reply json_reply(int status, const json::value &body) {
  return make_reply(status, "application/json;charset=UTF-8", json::serialize(body));
}

Reply refusal(int status, const std::string &message) {
  return json_reply(status, {{"error", message}});
}

template <class Map>
json::object counts(const Map &map) {
  json::object out;
  for (const auto &[name, count] : map) out[name] = count;
  return out;
}

json::object connection_state(const StreamStatus &status) {
  json::array subscriptions;
  for (const std::string &stream : status.subscriptions) subscriptions.emplace_back(stream);
  return {{"id", status.id},
          {"path", status.path},
          {"client", status.client},
          {"state", status.state},
          {"opened_ms", status.opened_ms},
          {"subscriptions", std::move(subscriptions)},
          {"messages", status.messages},
          {"pings", status.pings},
          {"pongs", status.pongs},
          {"buffered", status.buffered}};
}

json::object streams_state(const Vendor &vendor, const std::vector<StreamStatus> &open) {
  const StreamCounters counters = vendor.counters().read().streams;
  json::array connections;
  for (const StreamStatus &status : open)
    if (status.vendor == vendor.name()) connections.push_back(connection_state(status));
  return {{"open", connections.size()},
          {"opened", counters.opened},
          {"refused", counters.refused},
          {"messages", counters.messages},
          {"received", counters.received},
          {"pings", counters.pings},
          {"pongs", counters.pongs},
          {"ended", counts(counters.ended)},
          {"connections", std::move(connections)}};
}

json::object vendor_state(const Vendor &vendor) {
  const CounterValues values = vendor.counters().read();
  return {{"requests", values.requests},
          {"by_path", counts(values.by_path)},
          {"weight_used", values.weight_used},
          {"weight_window", vendor.window_weight()},
          {"refused_429", values.refused_429},
          {"refused_418", values.refused_418},
          {"bans", values.bans},
          {"connections", values.connections},
          {"faults_injected", counts(values.faults_injected)},
          {"rows_served", values.rows_served}};
}

json::object clock_state(const SimClock &clock) {
  const std::int64_t now = clock.now_ms();
  return {{"now", iso8601(now)}, {"now_ms", now}, {"speed", clock.speed()}};
}

json::object fault_state(const Fault &fault) {
  return {{"id", fault.id},
          {"vendor", fault.vendor},
          {"path", fault.path},
          {"symbol", fault.symbol},
          {"kind", name_of(fault.kind)},
          {"count", fault.count},
          {"probability", fault.probability},
          {"status", fault.status},
          {"delay_ms", fault.delay_ms},
          {"after", fault.after},
          {"retry_after_s", fault.retry_after_s},
          {"injected", fault.injected},
          {"on_stream", fault.on_stream},
          {"stream", fault.stream},
          {"duration_ms", fault.duration_ms}};
}

/// Faults that live on in the plan have no use for an order to what is open: there must be a
/// message to spoil.
bool needs_message(FaultKind kind) {
  return kind == FaultKind::Duplicates || kind == FaultKind::Reorder ||
         kind == FaultKind::LateClose || kind == FaultKind::SlowDrip || kind == FaultKind::Refuse;
}

}  // namespace

Reply Control::handle(const Request &request) {
  try {
    if (request.path == "/sim/state") return state(request);
    if (request.path == "/sim/faults") return faults(request);
    if (request.path == "/sim/clock") return clock(request);
    if (request.path == "/sim/streams") return streams(request);
    return refusal(404,
                   "no such path; there are /sim/state, /sim/faults, /sim/clock and /sim/streams");
  } catch (const std::invalid_argument &error) {
    return refusal(400, error.what());
  }
}

Reply Control::state(const Request &request) {
  if (request.method == "DELETE") {
    for (const auto &vendor : vendors_) {
      vendor->counters().reset();
      vendor->reset_limits();
    }
    return json_reply(200, {{"reset", true}});
  }
  if (request.method != "GET") return refusal(405, "/sim/state answers GET and DELETE");
  json::object vendors;
  const std::vector<StreamStatus> open = hub_.list();
  for (const auto &vendor : vendors_) {
    json::object state = vendor_state(*vendor);
    state["streams"] = streams_state(*vendor, open);
    vendors[vendor->name()] = std::move(state);
  }
  return json_reply(200, {{"clock", clock_state(clock_)}, {"vendors", std::move(vendors)}});
}

Reply Control::faults(const Request &request) {
  if (request.method == "POST") {
    Fault fault = parse_fault(request.body);
    if (!fault.now) return json_reply(200, {{"id", inject(std::move(fault)).id}});
    return json_reply(200, {{"connections", inject(std::move(fault)).hit}});
  }
  if (request.method == "DELETE") return json_reply(200, {{"removed", faults_.clear()}});
  if (request.method != "GET") return refusal(405, "/sim/faults answers GET, POST and DELETE");
  json::array list;
  for (const Fault &fault : faults_.list()) list.push_back(fault_state(fault));
  return json_reply(200, {{"faults", std::move(list)}});
}

Control::Injected Control::inject(Fault fault) {
  const auto known = [&](const auto &vendor) { return vendor->name() == fault.vendor; };
  if (std::none_of(vendors_.begin(), vendors_.end(), known))
    throw std::invalid_argument("unknown vendor '" + fault.vendor + "'");
  if (!fault.now) return {faults_.add(std::move(fault), clock_.now_ms()), 0};
  if (stream_use(fault.kind) == StreamUse::Never || needs_message(fault.kind))
    throw std::invalid_argument("'now' has no use with kind '" + std::string(name_of(fault.kind)) +
                                "', which waits for a message");
  return {0, hub_.order(fault)};
}

/// How long connections live; null: as long as the vendor says.
Reply Control::streams(const Request &request) {
  if (request.method == "POST")
    hub_.set_life_ms(parse_stream_life(request.body));
  else if (request.method != "GET")
    return refusal(405, "/sim/streams answers GET and POST");
  const auto life = hub_.life_ms();
  return json_reply(200, {{"life_ms", life ? json::value(*life) : json::value(nullptr)}});
}

Reply Control::clock(const Request &request) {
  if (request.method == "POST") {
    const ClockChange change = parse_clock_change(request.body);
    if (change.now_ms) clock_.set(*change.now_ms);
    if (change.speed) clock_.set_speed(*change.speed);
    if (change.advance_ms) clock_.advance(*change.advance_ms);
  } else if (request.method != "GET") {
    return refusal(405, "/sim/clock answers GET and POST");
  }
  return json_reply(200, clock_state(clock_));
}

}  // namespace tapedeck::sim
