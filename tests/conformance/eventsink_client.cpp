#include <tapedeck/layer/core.hpp>

#include <set>

#include "eventsink_conformance.hpp"

namespace tapedeck::conformance {
namespace {

const tdk_eventsink &table_of(const Instance &instance) {
  const auto *table = instance.interface<tdk_eventsink>(TDK_IID_EVENTSINK);
  if (table == nullptr) throw Error(TDK_NOT_SUPPORTED, "the plugin under test is no event sink");
  return *table;
}

tdk_event raw(const Event &event) {
  return {sizeof(tdk_event), 0, event.id, event.time, str(event.type), str(event.key), str(event.payload)};
}

void check(const Published &result, std::size_t count) {
  std::set<std::uint64_t> seen;
  for (const EventFailure &f : result.failures) {
    EXPECT_LT(f.index, count);
    EXPECT_NE(f.status, TDK_OK) << f.index;
    EXPECT_FALSE(f.why.empty()) << f.index;
    EXPECT_TRUE(seen.insert(f.index).second) << f.index << " failed twice";
  }
  EXPECT_EQ(result.status != TDK_OK, !result.message.empty()) << result.message;
}

}  // namespace

EventSinkClient::EventSinkClient(const std::string &plugin_file, const std::string &id, const Options &options,
                                 const FakeHost &host)
    : instance_(plugin_file, id, options, host), table_(table_of(instance_)) {}

Published EventSinkClient::publish(const std::vector<Event> &events, const tdk_cancel *cancel) const {
  std::vector<tdk_event> rows;
  for (const Event &event : events) rows.push_back(raw(event));
  Published out;
  const tdk_event_failure_sink sink{
      sizeof sink, 0, &out, [](void *p, std::uint64_t index, tdk_status status, tdk_str why) -> tdk_status {
        static_cast<Published *>(p)->failures.push_back({index, status, std::string(sv(why))});
        return TDK_OK;
      }};
  tdk_error error = detail::fresh();
  out.status = table_.publish(instance_.self(), rows.data(), rows.size(), sizeof(tdk_event), &sink, cancel, &error);
  out.message = error.message;
  check(out, events.size());
  return out;
}

std::vector<Event> numbered_events(std::uint64_t count, std::uint64_t keys, std::size_t payload) {
  std::vector<Event> out;
  for (std::uint64_t i = 0; i < count; ++i) {
    Event event;
    event.id = i;
    event.key = "KEY" + std::to_string(i % keys) + " 1m";
    event.payload = std::to_string(i);
    event.payload.resize(std::max(payload, event.payload.size()), '.');
    out.push_back(std::move(event));
  }
  return out;
}

std::vector<std::uint64_t> first_of_each(const std::vector<std::uint64_t> &ids) {
  std::vector<std::uint64_t> out;
  std::set<std::uint64_t> seen;
  for (const std::uint64_t id : ids)
    if (seen.insert(id).second) out.push_back(id);
  return out;
}

}  // namespace tapedeck::conformance
