// One conversation on Binance's streams.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/binance/listing.hpp"
#include "sim/replay.hpp"
#include "sim/stream_session.hpp"

namespace tapedeck::sim::binance {

/// A recording and how fast it is played.
struct Replay {
  ReplayTape tape;
  bool fast = false;

  /// Whether `symbol` (upper case) is one of the recorded ones.
  bool covers(std::string_view symbol) const;
};

/// Symbols in the names of recorded streams, upper case.
std::vector<std::string> replayed_symbols(const ReplayTape &tape);
/// For load_replay().
std::string stream_of_payload(std::string_view payload);

struct SessionSetup {
  const Listing &listing;
  const Replay *replay = nullptr;  ///< null when nothing is replayed
  bool combined = false;
  bool microseconds = false;
  std::vector<std::string> streams;  ///< subscribed to from the start; all well formed
  std::int64_t now_ms = 0;
};

/// Listing and replay must outlive it.
std::unique_ptr<StreamSession> make_session(const SessionSetup &setup);

/// `/ws`, `/ws/...` and `/stream`.
bool is_stream_path(std::string_view path);
/// Reads path and query of an upgrade into `setup`; throws ApiError.
void read_upgrade(const Request &request, SessionSetup &setup);

inline constexpr std::size_t kMostStreams = 1'024;

}  // namespace tapedeck::sim::binance
