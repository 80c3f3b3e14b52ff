// An outbox in memory with the rules of abi/outbox.h, that fails when the test says so.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/outbox.hpp"

namespace tapedeck::testing {

// What is "on disk"; it outlives the connections. Threads: any.
class MemoryOutboxes {
 public:
  // Before each call, by its name; what it throws, the call throws, and nothing has changed.
  std::function<void(const char *function)> on_call;

  std::uint64_t put(const std::string &sink, const std::string &key, const std::string &payload, Nanos created = 0);

  // Of a transaction that took its id early and ended late.
  void put_late(std::uint64_t id, const std::string &sink, const std::string &key, const std::string &payload);

  void claim(const std::string &sink, const std::string &owner, Nanos now, Nanos until);
  std::vector<OutboxEntry> read(const OutboxRequest &request);
  void settle(std::span<const OutboxOutcome> outcomes);
  std::uint64_t replay(const OutboxRequest &request);
  std::uint64_t purge(const OutboxRequest &request);
  std::vector<OutboxStat> stat();

  std::vector<OutboxEntry> all(OutboxState state) const;

 private:
  struct Claim {
    std::string owner;
    Nanos until = 0;
  };
  void announce(const char *function) const;
  static bool suits(const OutboxEntry &entry, const OutboxRequest &request);

  mutable std::mutex mutex_;
  std::map<std::uint64_t, OutboxEntry> entries_;
  std::map<std::string, Claim> claims_;
  std::uint64_t last_ = 0;
};

class MemoryOutbox final : public Outbox {
 public:
  explicit MemoryOutbox(std::shared_ptr<MemoryOutboxes> of) : of_(std::move(of)) {}
  void claim(const std::string &sink, const std::string &owner, Nanos now, Nanos until) override {
    of_->claim(sink, owner, now, until);
  }
  std::vector<OutboxEntry> read(const OutboxRequest &request, const tdk_cancel *) override { return of_->read(request); }
  void settle(std::span<const OutboxOutcome> outcomes) override { of_->settle(outcomes); }
  std::uint64_t replay(const OutboxRequest &request) override { return of_->replay(request); }
  std::uint64_t purge(const OutboxRequest &request) override { return of_->purge(request); }
  std::vector<OutboxStat> stat(const tdk_cancel *) override { return of_->stat(); }

 private:
  std::shared_ptr<MemoryOutboxes> of_;
};

}  // namespace tapedeck::testing
