// The outbox with C++ values on this side of it, for tests.
#pragma once

#include "storage_client.hpp"

namespace tapedeck::conformance {

struct OutboxEntry {
  std::uint64_t id = 0;
  std::uint32_t state = 0;  // TDK_OUTBOX_*
  std::string sink, type, key;
  std::int64_t time = 0;
  std::string payload;
  std::int64_t created = 0;
  std::uint32_t tries = 0;
  std::string error;
  bool operator==(const OutboxEntry &) const = default;
};

struct OutboxQuery {
  std::uint32_t state = TDK_OUTBOX_WAITING;
  std::string sink{}, type{}, key{};
  std::uint64_t id = 0, after = 0;
  std::int64_t created_before = TDK_NULL_I64;
  std::uint64_t limit = 0;
  const tdk_cancel *cancel = nullptr;  // looked at by read() only
};

struct OutboxOutcome {
  std::uint64_t id = 0;
  std::uint32_t outcome = TDK_OUTCOME_SENT;
  std::string error{};
};

struct OutboxStat {
  std::string sink;
  std::uint64_t waiting = 0, dead = 0;
  std::int64_t oldest = TDK_NULL_I64;
  bool operator==(const OutboxStat &) const = default;
};

// Threads: as the storage, which must live longer.
class OutboxClient {
 public:
  explicit OutboxClient(const StorageClient &storage)
      : storage_(storage), table_(storage.interface<tdk_outbox>(TDK_IID_OUTBOX)) {}
  bool offered() const { return table_ != nullptr; }
  Outcome claim(const std::string &sink, const std::string &owner, std::int64_t now,
                std::int64_t until) const;
  Listed<OutboxEntry> read(const OutboxQuery &query = {}) const;
  Outcome settle(const std::vector<OutboxOutcome> &outcomes) const;
  Counted replay(const OutboxQuery &query = {.state = TDK_OUTBOX_DEAD}) const;
  Counted purge(const OutboxQuery &query) const;
  Listed<OutboxStat> stat() const;

 private:
  const StorageClient &storage_;
  const tdk_outbox *table_;
};

}  // namespace tapedeck::conformance
