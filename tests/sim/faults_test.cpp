#include "sim/faults.hpp"

#include <gtest/gtest.h>

#include "sim/control_fields.hpp"
#include "sim/fault_body.hpp"

namespace tapedeck::sim {
namespace {

Request asking(const std::string &path, const std::string &query = {}) {
  Request request;
  request.path = path;
  request.query = query;
  return request;
}

Fault make_fault(FaultKind kind) {
  Fault fault;
  fault.vendor = "binance";
  fault.kind = kind;
  return fault;
}

TEST(FaultPlan, HitsAsOftenAsOrderedAfterThoseLetPass) {
  FaultPlan plan(1);
  Fault fault = make_fault(FaultKind::Status);
  fault.path = "klines";
  fault.after = 2;
  fault.count = 3;
  plan.add(fault);
  std::string hits;
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(plan.take("binance", asking("/api/v3/time")));
    EXPECT_FALSE(plan.take("oanda", asking("/api/v3/klines")));
    hits += plan.take("binance", asking("/api/v3/klines")) ? 'x' : '.';
  }
  EXPECT_EQ(hits, "..xxx...");
}

TEST(FaultPlan, ChoosesBySymbol) {
  FaultPlan plan(1);
  Fault fault = make_fault(FaultKind::Status);
  fault.symbol = "BTCUSD";
  fault.count = -1;
  plan.add(fault);
  EXPECT_FALSE(plan.take("binance", asking("/x", "symbol=BTCUSDT&a=1")));
  EXPECT_TRUE(plan.take("binance", asking("/x", "a=1&symbol=BTCUSD")));
  EXPECT_EQ(plan.clear(), 1U);
  EXPECT_FALSE(plan.take("binance", asking("/x", "symbol=BTCUSD")));
}

TEST(FaultPlan, ThrowsItsDiceBySeed) {
  const auto throws = [](std::uint64_t seed) {
    FaultPlan plan(seed);
    Fault fault = make_fault(FaultKind::Status);
    fault.probability = 0.25;
    fault.count = -1;
    plan.add(fault);
    std::string hits;
    for (int i = 0; i < 400; ++i) hits += plan.take("binance", asking("/x")) ? 'x' : '.';
    return hits;
  };
  EXPECT_EQ(throws(1), throws(1));
  EXPECT_NE(throws(1), throws(2));
  const std::string drawn = throws(1);
  const auto hits = std::count(drawn.begin(), drawn.end(), 'x');
  EXPECT_GT(hits, 60);
  EXPECT_LT(hits, 140);
}

TEST(FaultBody, SplitsArraysAtTheTopOnly) {
  const auto rows = array_elements(R"([[1,"a,]"],{"b":[2,3]},"\"]",4])");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0], R"([1,"a,]"])");
  EXPECT_EQ(rows[1], R"({"b":[2,3]})");
  EXPECT_EQ(rows[3], "4");
  EXPECT_TRUE(array_elements("{}").empty());
  EXPECT_TRUE(array_elements("[]").empty());
}

TEST(FaultBody, SpoilsRowsAsNamed) {
  const std::string body = "[[1],[2],[3],[4],[5]]";
  EXPECT_EQ(spoiled_body(FaultKind::ShortPage, body, 0), "[[1],[2],[3]]");
  EXPECT_EQ(spoiled_body(FaultKind::UnorderedRows, body, 1), "[[1],[3],[2],[4],[5]]");
  EXPECT_EQ(spoiled_body(FaultKind::DuplicateRows, body, 2), "[[1],[2],[3],[3],[4],[5]]");
  EXPECT_EQ(spoiled_body(FaultKind::TruncatedJson, body, 0), "[[1],[2],[3],[");
  EXPECT_EQ(spoiled_body(FaultKind::Delay, body, 0), body);
  const std::string noise = spoiled_body(FaultKind::Garbage, body, 5);
  EXPECT_EQ(noise, spoiled_body(FaultKind::Garbage, body, 5));
  EXPECT_NE(noise, spoiled_body(FaultKind::Garbage, body, 6));
}

TEST(ControlFields, NamesWhatIsWrong) {
  const std::pair<const char *, const char *> cases[] = {
      {"{", "the body is not JSON"},
      {"[]", "the body must be a JSON object"},
      {R"({"kind":"delay","delay_ms":1})", "'vendor' is missing"},
      {R"({"vendor":"binance"})", "'kind' is missing"},
      {R"({"vendor":"binance","kind":"explode"})", "unknown kind 'explode'"},
      {R"({"vendor":"binance","kind":"reset","colour":1})", "unknown field 'colour'"},
      {R"({"vendor":"binance","kind":"status"})", "'status' is missing"},
      {R"({"vendor":"binance","kind":"status","status":200})",
       "'status' must be an integer from 400"},
      {R"({"vendor":"binance","kind":"delay"})", "'delay_ms' is missing"},
      {R"({"vendor":"binance","kind":"reset","count":0})", "'count' must be"},
      {R"({"vendor":"binance","kind":"reset","probability":1.5})", "'probability' must be"},
  };
  for (const auto &[body, message] : cases) {
    try {
      parse_fault(body);
      ADD_FAILURE() << "accepted " << body;
    } catch (const std::invalid_argument &error) {
      EXPECT_EQ(std::string(error.what()).rfind(message, 0), 0U) << error.what();
    }
  }
  EXPECT_THROW(parse_clock_change("{}"), std::invalid_argument);
  EXPECT_THROW(parse_clock_change(R"({"now":"noon"})"), std::invalid_argument);
  EXPECT_EQ(parse_clock_change(R"({"now":"2024-01-01T00:00:00Z"})").now_ms, 1'704'067'200'000);
}

}  // namespace
}  // namespace tapedeck::sim
