// The JSON that is published, in the form of docs/EVENTS.md.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "market/series.hpp"
#include "market/tick.hpp"
#include "market/time_writer.hpp"

namespace tapedeck {

// What is the same of all events of one commit.
struct EventOrigin {
  std::string_view source;          // the provider's name in the configuration
  std::string_view correlation_id;  // another for each commit
};

// Writes the candles of one series and commit. Threads: one.
class CandleEnvelope {
 public:
  CandleEnvelope(const Series &series, const EventOrigin &origin);
  // Row `i` of a checked batch, at the end of `out`.
  void append(std::string &out, const tdk_candle_batch &batch, std::uint64_t i);

 private:
  const Interval interval_;
  const std::string head_, middle_, tail_;  // around the time and the figures
  TimeWriter open_, close_;
};

// Writes the trades and quotes of one symbol and commit. Threads: one.
class TickEnvelope {
 public:
  TickEnvelope(std::string_view symbol, const EventOrigin &origin);
  void append(std::string &out, const Tick &tick);

 private:
  const std::string head_, tail_;
  TimeWriter time_;
};

// Something that happened to a source.
struct SourceEvent {
  std::string pipeline, source;
  std::string_view state;  // a literal: "connected", ...
  std::string reason;      // for people; printable
  std::vector<std::string> symbols;  // whom it is about; empty: all of the pipeline
  Nanos at = 0;
};
std::string source_envelope(const SourceEvent &event, std::string_view correlation_id);

}  // namespace tapedeck
