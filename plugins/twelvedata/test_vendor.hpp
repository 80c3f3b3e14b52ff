// What the tests of the plugin share: a provider on the kit's scripted host, and a vendor of
// candles scripted after section 4 of its reference.
#pragma once

#include "kit/testing/calls.hpp"
#include "kit/testing/fake_host.hpp"
#include "kit/testing/stream_rig.hpp"
#include "twelvedata.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace twelvedata::test {

using kit::test::Answer;
using kit::test::CandlesAsked;
using Settings = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::int64_t kQuarter = 900;
inline constexpr std::int64_t kNow = 1'788'491'400;  // 2026-09-04 03:10:00

// A provider on a scripted host; `more` settings besides the key.
struct Bench {
  explicit Bench(const Settings &more = {}) : settings(more) {
    settings.emplace_back("apikey", "k3y");
    host.now_ns = kNow * 1'000'000'000;
    host.answer = [](const std::string &) { return Answer{500, "", {}, TDK_OK}; };
  }
  Provider &provider();
  void answers(int status, std::string body) {
    host.answer = [=](const std::string &) { return Answer{status, body, {}, TDK_OK}; };
  }

  kit::test::FakeHost host;
  Settings settings;
  std::unique_ptr<Provider> made;
};

// Candles every `step_s` from `first_s` up to `now_s`, priced by their time; of dates when the step
// is a day. Keeps the newest `outputsize` of a range whatever the order, answers 400 where there is
// none, and ends dates exclusively unless told otherwise.
struct ScriptedVendor {
  std::int64_t first_s = kNow - kNow % kQuarter - 20'000 * kQuarter;
  std::int64_t now_s = kNow;
  std::int64_t step_s = kQuarter;
  std::string name = "15min", symbol = "XAU/USD";  // in the meta
  std::int64_t shift_s = 0;  // of the times in answers: a zone that was not asked for
  bool inclusive_dates = false;
  bool errors_as_200 = false;
  std::int64_t hole_from_s = 0, hole_to_s = 0;

  Answer operator()(const std::string &url) const;
};

std::string row(const std::string &datetime, const std::string &prices_and_volume);
std::string series_body(const std::vector<std::string> &rows, const std::string &interval = "15min",
                        const std::string &symbol = "XAU/USD");
CandlesAsked asked(std::int64_t from_s, std::int64_t to_s, std::uint64_t limit = 0,
                   std::uint32_t flags = 0);

}  // namespace twelvedata::test
