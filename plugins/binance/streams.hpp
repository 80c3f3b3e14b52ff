// run_stream(): candles, trades and quotes of any number of symbols over one connection to /stream.
//
// Lifecycle: one call is one connection; it ends when the connection does.
// Threads: one call at a time.
// Failures: TDK_NOT_FOUND when Binance has nothing of what is asked for; TDK_UNAVAILABLE when the
// connection is lost, or a command is not answered within 10 s; TDK_BAD_DATA for a message that
// cannot be decoded; what the vendor's error reply means. It never reconnects.
#pragma once

#include "catalogue.hpp"
#include "session.hpp"

#include <tapedeck/layer/streams.hpp>

#include <string>
#include <string_view>
#include <unordered_set>

namespace binance {

inline constexpr std::uint32_t kStreamsPerConnection = 1024;  // by web-socket-streams.md

class Streams {
 public:
  Streams(Session &session, Catalogue &catalogue) : session_(session), catalogue_(catalogue) {}

  void run(const tdk_stream_request &rq, const tdk_stream_sink &sink,
           const tapedeck::Cancel &cancel);

  // Why there is nothing to stream of that symbol; empty: there is. Binance acknowledges streams of
  // symbols that do not exist, and then says nothing (JKorf/Binance.Net issue 620). A symbol that
  // was traded once is not asked about again, so that a reconnect needs no request.
  std::string objection(const std::string &vendor_symbol, const tapedeck::Cancel &cancel);

 private:
  Session &session_;
  Catalogue &catalogue_;
  std::unordered_set<std::string> traded_;
};

}  // namespace binance
