#include "plugins/smoke_test.hpp"

#include <string>
#include <tapedeck/layer/core.hpp>

#include "base/cancel.hpp"
#include "base/text.hpp"
#include "plugins/call.hpp"
#include "plugins/intake.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;
// Three minutes of 1970: no vendor has candles there, so what comes is what the plugin makes up.
constexpr tdk_range kRange{kMinuteNs, 4 * kMinuteNs};
constexpr std::int64_t kCancelMs = 1000;  // a plugin that was told to stop has this long

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INCOMPATIBLE, why); }

// A sink that checks what it gets, and counts the calls after it said it wants no more.
struct CheckingSink {
  BatchIntake intake{kRange};
  bool stop_after_first = false;
  tdk_status answer = TDK_OK;
  int calls_after_end = 0;

  static tdk_status take(void *context, const tdk_candle_batch *batch) {
    auto &self = *static_cast<CheckingSink *>(context);
    if (self.answer != TDK_OK) {
      ++self.calls_after_end;
      return self.answer;
    }
    if (self.intake.check(batch) != nullptr)
      self.answer = TDK_BAD_DATA;
    else if (self.stop_after_first)
      self.answer = TDK_STOP;
    return self.answer;
  }
};

class Candles {
 public:
  explicit Candles(const tdk_plugin &plugin, const tdk_provider &provider)
      : plugin_(plugin), provider_(provider) {
    series_.struct_size = sizeof series_;
    series_.symbol = str("BTC/USDT");
    series_.interval = {TDK_UNIT_MINUTE, 1};
  }

  CallOutcome fetch(CheckingSink &sink, const tdk_cancel *cancel) const {
    const tdk_candle_request request{sizeof request, 0, &series_, kRange, 0, 0};
    const tdk_candle_sink raw{sizeof raw, 0, &sink, &CheckingSink::take};
    const auto outcome = enter_plugin([&](tdk_error *error) {
      return provider_.fetch_candles(plugin_.self, &request, &raw, cancel, error);
    });
    if (outcome.status == TDK_INTERNAL) refuse("fetch_candles: " + outcome.message);
    if (const char *why = sink.intake.refused())
      refuse(std::string("fetch_candles hands over bad data: ") + why);
    if (sink.calls_after_end > 0)
      refuse("fetch_candles calls the sink again after it was told to stop");
    return outcome;
  }

 private:
  const tdk_plugin &plugin_;
  const tdk_provider &provider_;
  tdk_series series_{};
};

void try_info(const tdk_plugin &plugin, const ProviderTable &table, ProbeReporter &reporter) {
  if (!table.has_info) return;
  reporter.enter("info");
  int calls = 0;
  const tdk_provider_info_sink sink{sizeof sink, 0, &calls,
                                    [](void *count, const tdk_provider_info *) -> tdk_status {
                                      ++*static_cast<int *>(count);
                                      return TDK_OK;
                                    }};
  const auto outcome =
      enter_plugin([&](tdk_error *error) { return table.calls.info(plugin.self, &sink, error); });
  if (outcome.status == TDK_INTERNAL) refuse("info: " + outcome.message);
  if (outcome.status == TDK_OK && calls != 1)
    refuse("info called its sink " + std::to_string(calls) + " times, expected once");
}

}  // namespace

void smoke_test_provider(const tdk_plugin &plugin, ProbeReporter &reporter) {
  reporter.enter("get_interface");
  const auto table = complete_provider(plugin.get_interface(plugin.self, TDK_IID_PROVIDER));
  try_info(plugin, table, reporter);
  if ((table.capabilities & TDK_CAP_HISTORY) == 0) return;
  const Candles candles(plugin, table.calls);
  CancelSource idle, fired;
  const CancelToken calm(idle), cancelled(fired);
  fired.cancel();

  reporter.enter("fetch_candles");
  CheckingSink plain;
  candles.fetch(plain, calm.raw());

  reporter.enter("fetch_candles", kCancelMs);
  CheckingSink unwanted;
  candles.fetch(unwanted, cancelled.raw());

  reporter.enter("fetch_candles with a sink that stops");
  CheckingSink stopping;
  stopping.stop_after_first = true;
  const auto outcome = candles.fetch(stopping, calm.raw());
  if (stopping.answer == TDK_STOP && outcome.status != TDK_STOP)
    refuse("fetch_candles returned " + std::string(status_name(outcome.status)) +
           " where its sink said stop");
}

}  // namespace tapedeck
