#include "plugins/event_sink_plugin.hpp"

#include <gmock/gmock.h>

#include "base/cancel.hpp"
#include "plugins/test_support.hpp"
#include "plugins/worker.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

struct EventSinkPluginTest : testing::Test {
  std::shared_ptr<PluginInstance> instance_of(const char *id) {
    InstanceSettings settings;
    settings.name = "bus";
    settings.host = test::BareHost::view(host);
    settings.watchdog = &watchdog;
    return PluginInstance::make(Module::load(SCRIPTED_PLUGIN), id, settings);
  }
  std::string publish(std::initializer_list<const char *> keys, const tdk_cancel *cancel = nullptr) {
    std::vector<SinkEvent> events;
    for (const char *key : keys) events.push_back({events.size() + 1, 0, "candle", key, "{}"});
    std::string out;
    for (const auto &f : sink->publish(std::move(events), cancel))
      out += std::to_string(f.index) + " " + std::to_string(f.status) + " " + f.why + ";";
    return out;
  }
  Error error_of(const char *key) {
    return test::error_of([&] { publish({"k", key}); });
  }
  std::shared_ptr<test::BareHost> host = test::BareHost::make();
  Watchdog watchdog{{5'000'000, 1'000'000, &system_clock()}};
  std::unique_ptr<EventSinkPlugin> sink = std::make_unique<EventSinkPlugin>(instance_of("post"));
};

}  // namespace

TEST_F(EventSinkPluginTest, SaysWhatWasNotAcknowledgedAndWhy) {
  EXPECT_EQ(publish({"a", "b"}), "");
  EXPECT_EQ(publish({"a", "POISON", "b", "LATER"}),
            "1 " + std::to_string(TDK_BAD_DATA) + " too large;3 " + std::to_string(TDK_TIMEOUT) + " no answer;");
}

TEST_F(EventSinkPluginTest, SaysThatItIsAway) {
  const Error e = error_of("AWAY");
  EXPECT_EQ(e.code(), TDK_UNAVAILABLE);
  EXPECT_THAT(e.what(), HasSubstr("bus: publish: no broker"));
}

// As a refusal of the event it would cost a dead letter.
TEST_F(EventSinkPluginTest, ABrokenAnswerIsThePluginsFaultNotTheEvents) {
  for (const char *key : {"TWICE", "NONE", "FINE"}) EXPECT_EQ(error_of(key).code(), TDK_INTERNAL) << key;
}

TEST_F(EventSinkPluginTest, CallerLeavesACallThatHangs) {
  const CancelSource source;
  const CancelToken token(source, 1'000'000);
  const Error e = test::error_of([&] { publish({"HANG"}, token.raw()); });
  EXPECT_EQ(e.code(), TDK_UNAVAILABLE);
  EXPECT_THAT(sink->instance().wedged(), HasSubstr("wedged in publish"));
  host->release();
  while (threads_left_behind() > 0) system_clock().sleep_ns(1'000'000, nullptr);
}

TEST_F(EventSinkPluginTest, IsRefusedWithoutTheInterface) {
  const Error e = test::error_of([&] { EventSinkPlugin other(instance_of("shelf")); });
  EXPECT_EQ(e.code(), TDK_NOT_SUPPORTED);
  EXPECT_THAT(e.what(), HasSubstr("bus: offers no tapedeck.eventsink/1"));
}
