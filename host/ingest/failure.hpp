// What went wrong with a page, and what the run does next.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>

#include "market/time.hpp"

namespace tapedeck {

// What the run does after a page that could not be had.
enum class AfterFailure {
  AskAgain,    // later in this run: time-outs, 5xx, unusable answers
  NextRun,     // not in this run: the vendor answered, but its newest candles may still come
  SkipSeries,  // this series will not do better: unknown symbol, interval not offered
  StopSource,  // nobody will do better: banned, no permission, plugin broken
};

struct Failure {
  tdk_status code = TDK_INTERNAL;
  std::string reason;
  Nanos next_try = TDK_NULL_I64;
  std::uint32_t tries = 1;  // so far, those of earlier rounds and runs included
  AfterFailure after = AfterFailure::AskAgain;
};

// How an error of a provider is to be taken. `retry_after_ms` <= 0: the vendor did not say.
Failure failure_of(tdk_status code, const std::string &message, std::int64_t retry_after_ms,
                   Nanos now, Nanos longest_wait);

}  // namespace tapedeck
