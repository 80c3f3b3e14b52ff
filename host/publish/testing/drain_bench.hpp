// Drainers over an outbox in memory and a scripted sink, for tests.
#pragma once

#include <gtest/gtest.h>

#include <tapedeck/layer/core.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "observe/log.hpp"
#include "publish/drainer.hpp"
#include "publish/testing/memory_outbox.hpp"
#include "publish/testing/scripted_sink.hpp"

namespace tapedeck::testing {

class DrainBench : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { start_log({LogLevel::Off, false}); }

  DrainBench() {
    settings.storage = "store";
    settings.sink = "bus";
    settings.owner = "me";
    settings.look_after = 2'000'000;
    settings.count_after = 0;
    settings.first_pause = 1'000'000;
    settings.longest_pause = 5'000'000;
    settings.slice = 1'000'000;
  }

  std::unique_ptr<OutboxDrainer> drainer(const std::string &owner = "me") {
    DrainerSettings s = settings;
    s.owner = owner;
    return std::make_unique<OutboxDrainer>(
        s, [this] { return std::make_unique<MemoryOutbox>(outbox); },
        [this] {
          ++sinks_opened;
          return std::make_unique<ScriptedSink>(broker);
        },
        metrics, system_clock());
  }

  template <class F>
  static bool eventually(F &&f) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!f() && std::chrono::steady_clock::now() < end) system_clock().sleep_ns(1'000'000, nullptr);
    return f();
  }
  bool drained() const {
    return eventually([this] { return outbox->all(OutboxState::Waiting).empty(); });
  }
  // "k" gets the payloads 1 to n.
  void put(int n, const std::string &key = "k") {
    for (int i = 1; i <= n; ++i) outbox->put("bus", key, std::to_string(i));
  }

  std::shared_ptr<MemoryOutboxes> outbox = std::make_shared<MemoryOutboxes>();
  std::shared_ptr<ScriptedBroker> broker = std::make_shared<ScriptedBroker>();
  std::atomic<int> sinks_opened{0};
  Metrics metrics;
  DrainerSettings settings;
};

}  // namespace tapedeck::testing
