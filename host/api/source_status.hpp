// How one vendor is doing: what GET /api/v1/sources answers, and what the page shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

enum class SourceHealth { Ok, Degraded, Down };

// "ok", "degraded", "down".
constexpr const char *source_health_name(SourceHealth health) noexcept {
  switch (health) {
    case SourceHealth::Ok: return "ok";
    case SourceHealth::Degraded: return "degraded";
    case SourceHealth::Down: return "down";
  }
  return "down";
}

// What a vendor allows in one window of time, and what is spent of it.
struct SourceBudget {
  std::string name;             // "request_weight"
  std::uint64_t capacity = 0;   // units a window
  std::uint64_t window_s = 0;
  std::uint64_t used = 0;
  std::optional<Nanos> resets_at;
};

// The connections of one pipeline to a vendor.
struct SourceStream {
  std::string pipeline;
  std::string breaker;                // "closed", "open", "half_open"
  int failures = 0;                   // in a row
  std::optional<Nanos> next_try;      // no connection before
  std::string last_error;
};

struct SourceStatus {
  std::string name;     // as configured: "binance"
  std::string module;   // plugin id
  std::string version;
  SourceHealth health = SourceHealth::Ok;
  std::uint64_t requests_total = 0;
  std::uint64_t errors_total = 0;
  std::uint64_t requests_last_minute = 0;
  std::vector<SourceBudget> budgets;
  std::optional<Nanos> hold_until;  // no request before: a Retry-After, a ban
  std::string hold_reason;
  std::string last_error;           // redacted by whoever fills this
  std::optional<Nanos> last_error_at;
  std::optional<Nanos> last_success_at;
  std::vector<SourceStream> streams;
};

}  // namespace tapedeck
