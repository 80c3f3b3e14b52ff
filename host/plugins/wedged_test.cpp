// Calls that do not come back.
#include <gmock/gmock.h>

#include <semaphore>
#include <thread>

#include "base/cancel.hpp"
#include "plugins/provider_test_fixture.hpp"
#include "plugins/worker.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

using test::minutes;
using test::ProviderTest;

// The watchdog's clock is moved by hand, so that no test waits for seconds.
class WedgedTest : public ProviderTest {
 protected:
  WedgedTest() {
    settings_ = settings();
    settings_.watchdog = &watchdog_;
    settings_.on_wedged = [this](const WedgedEvent &event) {
      event_ = event.plugin + " " + event.function + ": " + event.text;
      raised_.release();
    };
  }
  ~WedgedTest() override {
    host_->release();
    while (threads_left_behind() > 0) system_clock().sleep_ns(1'000'000, nullptr);
  }

  std::shared_ptr<PluginInstance> make() {
    return PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "scripted", settings_);
  }
  // Calls `f` while the clock runs on a second at every look.
  template <class F>
  Error with_time_passing(F &&f) {
    std::jthread time([this](const std::stop_token &stop) {
      while (!stop.stop_requested()) {
        clock_.advance(kSecond);
        system_clock().sleep_ns(2'000'000, nullptr);
      }
    });
    return test::error_of(f);
  }

  static constexpr Nanos kNoon = 12 * kHour + kSecond;
  ManualClock clock_{kNoon};
  std::string event_;
  std::binary_semaphore raised_{0};
  // After what on_wedged uses: the watchdog may be about to call it.
  Watchdog watchdog_{{5 * kSecond, 1'000'000, &clock_}};
  InstanceSettings settings_;
};

TEST_F(WedgedTest, CallerLeavesACallThatIsPastItsDeadline) {
  ProviderPlugin provider(make());
  CancelSource source;
  const CancelToken token(source, 60 * kSecond, clock_);
  int batches = 0;
  const CandleSink sink = [&](auto &) { return ++batches, TDK_OK; };
  const auto error =
      with_time_passing([&] { provider.fetch_candles(minutes("HANG"), sink, token.raw()); });
  EXPECT_EQ(error.code(), TDK_UNAVAILABLE);
  EXPECT_THAT(error.what(), HasSubstr("feed: wedged in fetch_candles since 12:00:"));
  EXPECT_THAT(error.what(), HasSubstr("; restart to recover"));
  raised_.acquire();
  EXPECT_THAT(event_, HasSubstr("feed fetch_candles: wedged in fetch_candles"));

  const auto again = test::error_of([&] { provider.fetch_candles(minutes("X"), sink, nullptr); });
  EXPECT_EQ(again.code(), TDK_UNAVAILABLE);
  EXPECT_EQ(batches, 0);
  EXPECT_EQ(threads_left_behind(), 1u);
}

// Late batches find nobody: the sink and all it captured are gone by then.
TEST_F(WedgedTest, CallerLeavesACallThatIgnoresItsCancellation) {
  ProviderPlugin provider(make());
  CancelSource source;
  const CancelToken token(source);
  std::jthread canceller([&] {
    while (!host_->was_slept_on()) std::this_thread::yield();
    source.cancel();
  });
  int batches = 0;
  {
    auto counter = std::make_unique<int>(0);
    const auto error = with_time_passing([&] {
      provider.fetch_candles(
          minutes("HANG"), [&](auto &) { return ++*counter, ++batches, TDK_OK; }, token.raw());
    });
    EXPECT_EQ(error.code(), TDK_UNAVAILABLE);
  }
  host_->release();
  while (threads_left_behind() > 0) std::this_thread::yield();
  EXPECT_EQ(batches, 0);
}

TEST_F(WedgedTest, WedgedInstanceIsLeftBehind) {
  auto instance = make();
  CancelSource source;
  const CancelToken token(source, 60 * kSecond, clock_);
  with_time_passing([&] {
    ProviderPlugin(instance).fetch_candles(
        minutes("HANG"), [](auto &) { return TDK_OK; }, token.raw());
  });
  EXPECT_THAT(instance->wedged(), HasSubstr("wedged in fetch_candles"));
  const std::weak_ptr<PluginInstance> gone = instance;
  instance.reset();
  EXPECT_TRUE(gone.expired());
  EXPECT_EQ(watchdog_.in_flight(), 0u);
}

TEST_F(WedgedTest, CreateThatHangsIsGivenUp) {
  settings_.options = {{"key", "hang"}};
  const auto error = with_time_passing([&] { make(); });
  EXPECT_EQ(error.code(), TDK_UNAVAILABLE);
  EXPECT_THAT(error.what(), HasSubstr("wedged in create"));
}

TEST_F(WedgedTest, ACallWithinItsTimeIsLeftAlone) {
  ProviderPlugin provider(make());
  std::uint64_t rows = 0;
  with_time_passing([&] {
    for (int i = 0; i < 20; ++i) provider.fetch_candles(minutes("SLOW"), counting(rows), nullptr);
  });
  EXPECT_EQ(rows, 200u);
  EXPECT_EQ(provider.instance().wedged(), "");
}

TEST_F(WedgedTest, ASlowSinkIsNotThePluginsFault) {
  ProviderPlugin provider(make());
  CancelSource source;
  const CancelToken token(source, 60 * kSecond, clock_);
  const auto error = with_time_passing([&] {
    provider.fetch_candles(
        minutes("X"), [](auto &) { return system_clock().sleep_ns(50'000'000, nullptr); },
        token.raw());
  });
  EXPECT_EQ(error.code(), TDK_OK) << error.what();
}

}  // namespace
