#include "ingest/failure.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

// A vendor that says "in a hundred years" must not wrap around to yesterday.
constexpr std::int64_t kWaitMaxMs = std::int64_t{366} * 24 * 3600 * 1000;

AfterFailure after(tdk_status code, bool too_long) {
  switch (code) {
    case TDK_NOT_FOUND:
    case TDK_INVALID_ARGUMENT:
    case TDK_NOT_SUPPORTED:
      return AfterFailure::SkipSeries;
    case TDK_UNAUTHENTICATED:
    case TDK_PERMISSION_DENIED:
    case TDK_INTERNAL:
    case TDK_INCOMPATIBLE:
    case TDK_OUT_OF_MEMORY:
      return AfterFailure::StopSource;
    default:
      return too_long ? AfterFailure::StopSource : AfterFailure::AskAgain;
  }
}

}  // namespace

Failure failure_of(tdk_status code, const std::string &message, std::int64_t retry_after_ms,
                   Nanos now, Nanos longest_wait) {
  Failure f;
  f.code = code;
  f.reason = message;
  const Nanos wait = std::clamp<std::int64_t>(retry_after_ms, 0, kWaitMaxMs) * 1'000'000;
  if (wait > 0) f.next_try = now + wait;
  f.after = after(code, wait > longest_wait);
  return f;
}

}  // namespace tapedeck
