// What the tests of streams share: a simulator whose clock only they move, and both clients.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "sim/stream_test_client.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {

inline const std::int64_t kStreamStart = *parse_iso8601("2024-05-01T10:00:30.500Z");

/// Stands still.
inline Options frozen_streams() {
  Options options;
  options.start_ms = kStreamStart;
  options.speed = 0;
  return options;
}

/// Pongs are late by the simulator's clock alone.
inline Options strict_streams() {
  Options options = frozen_streams();
  options.patience.pong = std::chrono::milliseconds(0);
  return options;
}

class StreamTest : public testing::Test {
 protected:
  explicit StreamTest(const Options &options = frozen_streams())
      : simulator(options), rest(simulator) {}

  /// Lets `ms` pass and waits until all that became due has been written.
  void advance(std::int64_t ms) {
    simulator.clock().advance(ms);
    EXPECT_TRUE(simulator.settle());
  }

  boost::json::value streams_state() {
    return boost::json::parse(rest.get("/sim/state").body)
        .at("vendors")
        .at("binance")
        .at("streams");
  }

  /// Orders a fault of Binance's streams; returns the status.
  int order(const std::string &rest_of_it) {
    return rest.fault(R"({"vendor":"binance",)" + rest_of_it + "}");
  }

  std::int64_t ended(const std::string &reason) {
    const auto &ends = simulator.counters("binance").streams.ended;
    const auto found = ends.find(reason);
    return found == ends.end() ? 0 : static_cast<std::int64_t>(found->second);
  }

  /// The data messages `client` has got when it has got all that was sent, parsed; for tests with
  /// one client.
  std::vector<boost::json::value> data_of(const StreamTestClient &client) {
    std::vector<boost::json::value> data;
    EXPECT_TRUE(client.wait_for([&] {
      data.clear();
      for (const std::string &text : client.texts())
        if (text.find("\"result\"") == std::string::npos) data.push_back(boost::json::parse(text));
      return data.size() >= simulator.messages_sent();
    }));
    return data;
  }

  Simulator simulator;
  TestClient rest;
};

/// Text of a JSON string.
inline std::string text_of(const boost::json::value &value) {
  return {value.as_string().data(), value.as_string().size()};
}

}  // namespace tapedeck::sim
