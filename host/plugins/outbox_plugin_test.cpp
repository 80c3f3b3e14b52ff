#include "plugins/outbox_plugin.hpp"

#include <gmock/gmock.h>

#include "plugins/event_sink_plugin.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

std::shared_ptr<PluginInstance> instance_of(const char *id, OptionValues options = {}) {
  InstanceSettings settings;
  settings.name = "store";
  settings.options = std::move(options);
  settings.host = test::BareHost::view(test::BareHost::make());
  return PluginInstance::make(Module::load(SCRIPTED_PLUGIN), id, settings);
}

tdk_outbox_request waiting_for(const char *sink) {
  tdk_outbox_request rq{};
  rq.struct_size = sizeof rq;
  rq.state = TDK_OUTBOX_WAITING;
  rq.sink = str(sink);
  rq.after = 6;
  rq.created_before = TDK_NULL_I64;
  return rq;
}

struct OutboxPluginTest : testing::Test {
  std::string read(const char *sink, std::uint64_t limit = 0) {
    std::string out;
    auto rq = waiting_for(sink);
    rq.limit = limit;
    outbox.read(rq, [&](const tdk_outbox_entry &e) {
      out += std::to_string(e.id) + " " + std::string(sv(e.key)) + " " + std::string(sv(e.payload)) + ";";
      return TDK_OK;
    }, nullptr);
    return out;
  }
  OutboxPlugin outbox{instance_of("post")};
};

}  // namespace

TEST_F(OutboxPluginTest, HandsOverWhatWaits) {
  outbox.claim(str("bus"), str("me"), 10, 40);
  EXPECT_EQ(read("bus"), "7 k me 30;8 k me 30;");
}

TEST_F(OutboxPluginTest, AClaimOfAnotherIsBusy) {
  const Error e = test::error_of([&] { outbox.claim(str("TAKEN"), str("me"), 0, 1); });
  EXPECT_EQ(e.code(), TDK_BUSY);
  EXPECT_THAT(e.what(), HasSubstr("store: claim: claimed by another"));
}

TEST_F(OutboxPluginTest, RefusesWhatABrokenOutboxHandsOver) {
  for (const char *sink : {"DISORDER", "NULL", "HUGE", "OTHER", "DEAD"})
    EXPECT_EQ(test::error_of([&] { read(sink); }).code(), TDK_BAD_DATA) << sink;
  EXPECT_EQ(test::error_of([&] { read("bus", 1); }).code(), TDK_BAD_DATA) << "more than the limit";
}

TEST_F(OutboxPluginTest, SettlesReplaysPurgesAndCounts) {
  tdk_outbox_outcome sent{sizeof sent, TDK_OUTCOME_SENT, 7, {}};
  outbox.settle({&sent, 1});
  sent.outcome = TDK_OUTCOME_DEAD;
  EXPECT_EQ(test::error_of([&] { outbox.settle({&sent, 1}); }).code(), TDK_IO);
  auto rq = waiting_for("bus");
  rq.id = 5;
  EXPECT_EQ(outbox.replay(rq), 5u);
  EXPECT_EQ(outbox.purge(rq), 6u);
  std::string counted;
  outbox.stat([&](const tdk_outbox_stat &s) {
    counted = std::string(sv(s.sink)) + " " + std::to_string(s.waiting) + " " + std::to_string(s.dead);
    return TDK_OK;
  }, nullptr);
  EXPECT_EQ(counted, "bus 3 4");
}

TEST(OutboxPlugin, IsRefusedWithoutTheInterface) {
  const Error e = test::error_of([] { OutboxPlugin outbox(instance_of("store", {{"path", "x"}})); });
  EXPECT_EQ(e.code(), TDK_NOT_SUPPORTED);
  EXPECT_THAT(e.what(), HasSubstr("store: offers no tapedeck.outbox/1"));
}
