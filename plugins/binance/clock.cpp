#include "clock.hpp"

#include "parse.hpp"

namespace binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kGoodFor = 600'000 * kMs;

}  // namespace

std::int64_t ServerClock::at(std::int64_t host_ns, Session &session,
                             const tapedeck::Cancel &cancel) {
  const std::int64_t now = session.host().now();
  const bool fresh = asked_ && now >= asked_at_ns_ && now - asked_at_ns_ < kGoodFor;
  if (!fresh) ask(session, cancel);
  return host_ns + offset_ns_;
}

// The answer was made before it arrived, so its time minus the host's at arrival errs to the safe
// side.
void ServerClock::ask(Session &session, const tapedeck::Cancel &cancel) {
  asked_ = true;
  asked_at_ns_ = session.host().now();
  offset_ns_ = 0;
  try {
    session.get({"time", "/api/v3/time", 1}, cancel, [&](std::string_view body) {
      const std::int64_t arrived = session.host().now();
      offset_ns_ = parse_server_time(body) * kMs - arrived;
    });
  } catch (const tapedeck::Error &e) {
    if (e.code() == TDK_CANCELLED || e.code() == TDK_TIMEOUT) {
      asked_ = false;
      throw;
    }
    session.host().log(TDK_LOG_DEBUG,
                       std::string("the host's clock decides what has closed: ") + e.what());
  }
}

}  // namespace binance
