// Every fault the simulator can play, passing and lasting: what the backfill makes of it.
// The scenarios run side by side first, since most of their time is waiting; then each is judged.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>

#include "support/long_tests.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

constexpr std::int64_t kFrom = kNewYear2024Ms, kTo = kNewYear2024Ms + 2 * kDayMs;
constexpr std::size_t kAtOnce = 6;

enum class Expected { Mended, Holes };

struct Scenario {
  std::string name;
  std::string fault;  // fields for the simulator
  Expected expected = Expected::Mended;
  bool is_long = false;
  bool one_page = false;  // what waits a second for each request
  std::string second_fault;
};
void PrintTo(const Scenario &s, std::ostream *out) { *out << s.fault; }

std::string fault_of(const std::string &kind, int count, const std::string &more = "") {
  return R"("kind":")" + kind + R"(","path":"klines","count":)" + std::to_string(count) + more;
}

void add_passing(std::vector<Scenario> &out) {
  const auto passing = [&](const std::string &kind, int count, const std::string &more = "") {
    out.push_back({kind + "_" + std::to_string(count), fault_of(kind, count, more)});
  };
  passing("hang", 1);  // the longest first
  for (const char *kind : {"reset", "close", "truncated_json", "html_200", "empty_body", "duplicate_rows",
                           "unordered_rows", "short_page", "garbage"}) {
    passing(kind, 1);
    passing(kind, 2);
    // The first question is for the earliest candle; this one spoils a page.
    out.push_back({std::string(kind) + "_later", fault_of(kind, 1, R"(,"after":2)")});
  }
  for (int count = 1; count <= 5; ++count) {
    passing("empty_200", count);
    out.push_back({"empty_200_later_" + std::to_string(count), fault_of("empty_200", count, R"(,"after":2)")});
  }
  for (int count = 1; count <= 3; ++count)  // the end of a page lost, and the questions about it unanswered
    out.push_back({"short_page_then_empty_" + std::to_string(count), fault_of("short_page", 1, R"(,"after":2)"),
                   Expected::Mended, false, false, fault_of("empty_200", count, R"(,"after":2)")});
  passing("delay", 3, R"(,"delay_ms":300)");
  passing("slow_drip", 3, R"(,"delay_ms":500)");
  for (const char *status : {"500", "502", "503"})
    out.push_back({std::string("status_") + status, fault_of("status", 2, std::string(R"(,"status":)") + status)});
  for (const char *status : {"429", "418"})
    out.push_back({std::string("status_") + status,
                   fault_of("status", 2, std::string(R"(,"retry_after_s":1,"status":)") + status)});
}

void add_lasting(std::vector<Scenario> &out) {
  const auto lasting = [&](const std::string &kind, const std::string &more = "") {
    out.push_back({kind + "_lasting", fault_of(kind, -1, more), Expected::Holes});
  };
  for (const char *kind : {"reset", "close", "truncated_json", "html_200", "empty_200", "empty_body", "duplicate_rows",
                           "unordered_rows", "short_page", "garbage"})
    lasting(kind);
  for (const std::string status : {"429", "418", "500", "502", "503"})
    out.push_back({"status_" + status + "_lasting",
                   fault_of("status", -1, R"(,"retry_after_s":1,"status":)" + status), Expected::Holes, false,
                   status < "500"});
  // From the second page on: what came before is kept.
  for (const char *kind : {"reset", "empty_200", "short_page", "garbage"})
    out.push_back({std::string(kind) + "_midway", fault_of(kind, -1, R"(,"after":2)"), Expected::Holes});
  // Slow is not wrong: everything arrives.
  out.push_back({"delay_lasting", fault_of("delay", -1, R"(,"delay_ms":200)")});
  out.push_back({"slow_drip_lasting", fault_of("slow_drip", -1, R"(,"delay_ms":400)")});
  out.push_back({"hang_lasting", fault_of("hang", -1), Expected::Holes, true, true});
}

std::vector<Scenario> scenarios() {
  std::vector<Scenario> out;
  add_passing(out);
  add_lasting(out);
  std::erase_if(out, [](const Scenario &s) { return s.is_long != long_tests(); });
  return out;
}

struct Result {
  Outcome outcome;
  std::vector<Candle> stored, truth;
  std::vector<LedgerRow> ledger;
  std::string gaps;
  std::uint64_t requests = 0, injected = 0;
  Outcome afterwards;  // the same command when the fault is gone
  std::string mended;  // what then still differs from the vendor
};

Result play(const Scenario &scenario) {
  SimServer sim;
  Site site(sim.base_url());
  if (scenario.one_page) site.pipeline.until = "2024-01-01T12:00:00Z";
  sim.fault(scenario.fault);
  if (!scenario.second_fault.empty()) sim.fault(scenario.second_fault);
  Result r;
  r.outcome = site.backfill({}, 400s);
  r.requests = sim.requests();
  r.injected = sim.faults_injected();
  r.gaps = site.tapedeck({"gaps", "FILE"}).out;
  r.stored = site.open_store().candles("BTC/USDT", "1m");
  r.ledger = site.open_store().ledger();
  sim.clear_faults();
  r.truth = sim.candles("BTCUSDT", "1m", kFrom, scenario.one_page ? kFrom + kDayMs / 2 : kTo);
  if (scenario.expected == Expected::Mended) return r;
  r.afterwards = site.backfill();
  r.mended = difference(site.open_store().candles("BTC/USDT", "1m"), r.truth);
  return r;
}

std::string summary_of(const Result &r) {
  std::string states;
  for (const auto &row : r.ledger)
    states += (states.empty() ? "" : ", ") + row.state + " " + std::to_string((row.to_ms - row.from_ms) / kMinuteMs);
  char text[400];
  std::snprintf(text, sizeof text, "exit %d  %5zu rows  %3llu requests  %6lld ms  %s", r.outcome.exit_code,
                r.stored.size(), static_cast<unsigned long long>(r.requests),
                static_cast<long long>(r.outcome.took.count()), states.c_str());
  return text;
}

class Fault : public testing::TestWithParam<Scenario> {
 protected:
  static void SetUpTestSuite() {
    const auto all = scenarios();
    results_.resize(all.size());
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> players;
    for (std::size_t i = 0; i < std::min(kAtOnce, all.size()); ++i)
      players.emplace_back([&] {
        for (std::size_t at = next++; at < all.size(); at = next++) try {
            results_[at] = play(all[at]);
          } catch (const std::exception &e) {
            results_[at].gaps = e.what();
          }
      });
    players.clear();
    for (std::size_t i = 0; i < all.size(); ++i)
      std::printf("%-22s %s\n", all[i].name.c_str(), summary_of(results_[i]).c_str());
  }
  const Result &result() const {
    const auto all = scenarios();
    std::size_t i = 0;
    while (all[i].name != GetParam().name) ++i;
    return results_[i];
  }
  static inline std::vector<Result> results_;
};

TEST_P(Fault, IsPlayed) { EXPECT_GT(result().injected, 0u) << result().gaps; }

TEST_P(Fault, ExitCodeTellsWhetherThereAreHoles) {
  EXPECT_EQ(result().outcome.exit_code, GetParam().expected == Expected::Mended ? 0 : 3)
      << result().outcome.out << result().outcome.err << result().gaps;
}

TEST_P(Fault, NothingWrongIsStored) {
  EXPECT_EQ(not_in(result().stored, result().truth).size(), 0u);
}

// The vendor has every minute, so a minute is present, failed or never asked; no other word is true.
TEST_P(Fault, LedgerSaysNothingThatIsNotSo) {
  std::int64_t present = 0;
  for (const auto &row : result().ledger) {
    EXPECT_THAT(row.state, testing::AnyOf("present", "failed")) << row;
    if (row.state == "present") present += (row.to_ms - row.from_ms) / kMinuteMs;
  }
  EXPECT_EQ(present, static_cast<std::int64_t>(result().stored.size()));
}

TEST_P(Fault, EndsAsExpected) {
  if (GetParam().expected == Expected::Mended) {
    EXPECT_EQ(difference(result().stored, result().truth), "");
    EXPECT_EQ(result().gaps, "no holes\n");
    return;
  }
  EXPECT_THAT(result().gaps, HasSubstr("failed"));
  EXPECT_THAT(result().ledger, testing::Contains(testing::Field(&LedgerRow::state, "failed")));
  for (const auto &row : result().ledger)
    if (row.state == "failed") {
      EXPECT_NE(row.reason, "") << row;
    }
  EXPECT_EQ(result().afterwards.exit_code, 0) << result().afterwards.err;
  EXPECT_EQ(result().mended, "") << "when the fault is gone";
}

INSTANTIATE_TEST_SUITE_P(Kind, Fault, testing::ValuesIn(scenarios()), [](const auto &p) { return p.param.name; });

}  // namespace
