// What is to be published, kept beside the data until it is acknowledged: abi/outbox.h in C++.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

// On its way into the outbox, in the transaction of what it tells of. The texts are borrowed: as long as the commit.
struct OutboxEvent {
  enum class About : std::uint32_t { Nothing = TDK_ABOUT_NOTHING, Candle = TDK_ABOUT_CANDLE, Quote = TDK_ABOUT_QUOTE };
  About about = About::Nothing;
  std::uint64_t commit = 0;  // Candle: which commit of the batch
  std::uint64_t row = 0;     // Candle: which row of it; Quote: which tick, counted over all symbols of the batch
  std::string_view sink, type, key;
  Nanos time = 0;
  std::string_view payload;
};

enum class OutboxState : std::uint32_t { Waiting = TDK_OUTBOX_WAITING, Dead = TDK_OUTBOX_DEAD };

struct OutboxEntry {
  std::uint64_t id = 0;
  OutboxState state = OutboxState::Waiting;
  std::string sink, type, key;
  Nanos time = 0;
  std::string payload;
  Nanos created = 0;
  std::uint32_t tries = 0;  // that failed
  std::string error;        // of the last one
};

// Which events; what is empty or 0 does not narrow it.
struct OutboxRequest {
  OutboxState state = OutboxState::Waiting;
  std::string sink, type, key;
  std::uint64_t id = 0, after = 0;
  std::optional<Nanos> created_before{};
  std::uint64_t limit = 0;
};

struct OutboxOutcome {
  enum class Kind : std::uint32_t { Sent = TDK_OUTCOME_SENT, Failed = TDK_OUTCOME_FAILED, Dead = TDK_OUTCOME_DEAD };
  Kind kind = Kind::Sent;
  std::uint64_t id = 0;
  std::string error{};
};

struct OutboxStat {
  std::string sink;
  std::uint64_t waiting = 0, dead = 0;
  std::optional<Nanos> oldest;  // when the oldest waiting one was put
};

// Lifecycle: one connection. Threads: one call at a time.
// Failures: tapedeck::Error, as of a Storage; what fails has changed nothing.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // Takes or prolongs the claim of `sink`; until <= now gives it up. TDK_BUSY, with a text that names who: another's
  // has not run out.
  virtual void claim(const std::string &sink, const std::string &owner, Nanos now, Nanos until) = 0;
  // Ascending by id.
  virtual std::vector<OutboxEntry> read(const OutboxRequest &request, const tdk_cancel *cancel) = 0;
  // One transaction; what no longer waits is passed over.
  virtual void settle(std::span<const OutboxOutcome> outcomes) = 0;
  // How many dead letters wait again.
  virtual std::uint64_t replay(const OutboxRequest &request) = 0;
  // How many are gone.
  virtual std::uint64_t purge(const OutboxRequest &request) = 0;
  // By sink.
  virtual std::vector<OutboxStat> stat(const tdk_cancel *cancel) = 0;
};

}  // namespace tapedeck
