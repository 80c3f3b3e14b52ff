#include "sim/control.hpp"

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
          {"injected", fault.injected}};
}

}  // namespace

Reply Control::handle(const Request &request) {
  try {
    if (request.path == "/sim/state") return state(request);
    if (request.path == "/sim/faults") return faults(request);
    if (request.path == "/sim/clock") return clock(request);
    return refusal(404, "no such path; there are /sim/state, /sim/faults and /sim/clock");
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
  for (const auto &vendor : vendors_) vendors[vendor->name()] = vendor_state(*vendor);
  return json_reply(200, {{"clock", clock_state(clock_)}, {"vendors", std::move(vendors)}});
}

Reply Control::faults(const Request &request) {
  if (request.method == "POST") {
    Fault fault = parse_fault(request.body);
    const auto known = [&](const auto &vendor) { return vendor->name() == fault.vendor; };
    if (std::none_of(vendors_.begin(), vendors_.end(), known))
      throw std::invalid_argument("unknown vendor '" + fault.vendor + "'");
    return json_reply(200, {{"id", faults_.add(std::move(fault))}});
  }
  if (request.method == "DELETE") return json_reply(200, {{"removed", faults_.clear()}});
  if (request.method != "GET") return refusal(405, "/sim/faults answers GET, POST and DELETE");
  json::array list;
  for (const Fault &fault : faults_.list()) list.push_back(fault_state(fault));
  return json_reply(200, {{"faults", std::move(list)}});
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
