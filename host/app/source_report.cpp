#include "app/source_report.hpp"

#include "app/exposition.hpp"

namespace tapedeck {
namespace {

std::optional<Nanos> known(std::int64_t time) { return time == 0 ? std::nullopt : std::optional<Nanos>(time); }

// Degraded: asked to wait, or the last answer was a failure. Down: several failures and no success since.
SourceHealth health_of(const AccountSnapshot &a, Nanos now) {
  const bool failed_last = a.last_error_ns > a.last_success_ns;
  if (failed_last && a.last_success_ns < now - 5 * kMinute && a.failures >= 3) return SourceHealth::Down;
  return failed_last || a.hold_until_ns > now ? SourceHealth::Degraded : SourceHealth::Ok;
}

}  // namespace

SourceStatus source_status(const SourceState &state, Nanos now) {
  const AccountSnapshot &a = state.account;
  SourceStatus s;
  s.name = state.name;
  s.module = state.module;
  s.version = state.version;
  s.health = health_of(a, now);
  s.requests_total = a.requests;
  s.errors_total = a.failures;
  s.requests_last_minute = a.requests_last_minute;
  for (const auto &b : a.budgets)
    s.budgets.push_back({b.name, b.capacity, static_cast<std::uint64_t>(b.window_ns / kSecond), b.used,
                         known(b.resets_at_ns)});
  s.hold_until = known(a.hold_until_ns);
  s.hold_reason = a.hold_reason;
  s.last_error = a.last_error;
  s.last_error_at = known(a.last_error_ns);
  s.last_success_at = known(a.last_success_ns);
  return s;
}

std::string source_metrics(const std::vector<SourceState> &sources) {
  Exposition out;
  const auto each = [&](const char *name, const char *type, const char *help, auto value) {
    out.family(name, type, help);
    for (const auto &s : sources) out.sample(metric_label("source", s.name), static_cast<double>(value(s.account)));
  };
  each("tapedeck_source_requests_total", "counter", "Requests sent to the vendor.", [](const auto &a) { return a.requests; });
  each("tapedeck_source_failures_total", "counter", "Tries without any answer.", [](const auto &a) { return a.failures; });
  each("tapedeck_source_wait_seconds_total", "counter", "Time requests waited for budgets and holds.",
       [](const auto &a) { return static_cast<double>(a.waited_ns) / 1e9; });
  each("tapedeck_source_hold_until_seconds", "gauge", "No request before this time; 0: none.",
       [](const auto &a) { return static_cast<double>(a.hold_until_ns) / 1e9; });
  each("tapedeck_source_budget_hosts", "gauge", "Hosts that share the account; 0: it is not shared, or the others cannot be reached.",
       [](const auto &a) { return a.alone ? 0 : a.hosts; });
  out.family("tapedeck_source_budget_used", "gauge", "Units spent of the current window.");
  for (const auto &s : sources)
    for (const auto &b : s.account.budgets)
      out.sample(metric_label("source", s.name) + "," + metric_label("budget", b.name), static_cast<double>(b.used));
  out.family("tapedeck_source_budget_capacity", "gauge", "Units a window allows.");
  for (const auto &s : sources)
    for (const auto &b : s.account.budgets)
      out.sample(metric_label("source", s.name) + "," + metric_label("budget", b.name), static_cast<double>(b.capacity));
  return out.take();
}

std::string api_metrics(const ApiCounts &c) {
  Exposition out;
  out.one("tapedeck_api_requests_total", "counter", "Requests answered.", static_cast<double>(c.requests));
  out.one("tapedeck_api_server_errors_total", "counter", "Answers with a 5xx status.", static_cast<double>(c.server_errors));
  out.one("tapedeck_api_refused_connections_total", "counter", "Connections over the limit.",
      static_cast<double>(c.refused_connections));
  out.one("tapedeck_api_answers_cut_total", "counter", "Answers begun and not finished.", static_cast<double>(c.answers_cut));
  out.one("tapedeck_api_slow_clients_total", "counter", "Clients cut off for reading too slowly.",
      static_cast<double>(c.slow_clients_cut));
  out.one("tapedeck_api_open_streams", "gauge", "Candle answers under way.", c.open_streams);
  out.one("tapedeck_api_stream_clients", "gauge", "WebSocket clients of the stream.", c.stream_clients);
  out.one("tapedeck_api_stream_messages_total", "counter", "Messages sent to them.", static_cast<double>(c.stream_messages));
  out.one("tapedeck_api_open_connections", "gauge", "Connections open.", c.open_connections);
  return out.take();
}

}  // namespace tapedeck
