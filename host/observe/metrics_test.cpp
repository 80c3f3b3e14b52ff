#include "observe/metrics.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;

TEST(Metrics, WritesWhatWasRecorded) {
  Metrics m;
  const auto rows = m.counter("tapedeck_rows_total", "Rows.", {{"source", "binance"}});
  m.record(rows, 2);
  m.record(m.counter("tapedeck_rows_total", "Rows.", {{"source", "binance"}}), 3);
  m.record(m.gauge("tapedeck_lag_seconds", "Lag.", {}), 1.5);
  m.record(m.histogram("tapedeck_commit_seconds", "Commits.", {}), 0.002);
  const std::string text = m.text();
  EXPECT_NE(text.find("tapedeck_rows_total{source=\"binance\"} 5"), std::string::npos) << text;
  EXPECT_NE(text.find("tapedeck_lag_seconds 1.5"), std::string::npos) << text;
  EXPECT_NE(text.find("tapedeck_commit_seconds_bucket{le=\"0.005\"} 1"), std::string::npos) << text;
}

TEST(Metrics, RefusesWhatPrometheusForbids) {
  Metrics m;
  EXPECT_EQ(m.counter("no good", "", {}), 0u);
  ASSERT_NE(m.counter("taken", "", {}), 0u);
  EXPECT_EQ(m.gauge("taken", "", {}), 0u);
  m.record(0, 1);
  m.record(4711, 1);
  EXPECT_EQ(m.text().find("no good"), std::string::npos);
}
