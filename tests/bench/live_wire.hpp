// Recorded messages of Binance's trade and bookTicker streams, as frames with other numbers in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tapedeck::bench {

// One that can be written again.
class LiveMessage {
 public:
  // Throws std::runtime_error when it is neither a trade nor a bookTicker of BTCUSDT.
  explicit LiveMessage(const std::string &line);
  bool trade() const { return trade_; }
  // Appends it as a server's text frame, as the n-th message. `base` is "BTC".
  void append(std::string &out, const std::string &base, std::size_t n, std::int64_t time_ms) const;

 private:
  enum class What { Text, LowerSymbol, Symbol, Number, Time };
  struct Part {
    What what;
    std::string text;
  };
  std::vector<Part> parts_;
  bool trade_ = false;
};

// A message a line, as stream_wire.mjs writes them.
std::vector<LiveMessage> read_live_messages(const std::string &file);

// What is put on the wire: the n-th message, trade or quote, has the n-th number of its kind.
constexpr std::int64_t kFirstTrade = 4'000'000'000, kFirstQuote = 60'000'000'000;

struct LiveTape {
  std::string bytes;
  std::size_t trades = 0, quotes = 0;
  std::size_t messages() const { return trades + quotes; }
};
// `count` messages of BTC, the recorded ones again and again, with times as if `per_second` of them came
// from `start_ms` on.
LiveTape make_live_tape(const std::vector<LiveMessage> &recorded, std::size_t count, std::int64_t start_ms,
                        double per_second);

}  // namespace tapedeck::bench
