// The kafka plugin under the suite that every event sink has to pass.
#include "test_sink.hpp"

namespace tapedeck::conformance {
namespace {

class InKafka final : public EventSinkUnderTest {
 public:
  EventSinkClient &sink() override { return away_ ? hasty_ : patient_; }
  std::unique_ptr<EventSinkClient> another() override {
    return std::make_unique<EventSinkClient>(KAFKA_PLUGIN, "kafka", kafka::patient(broker_.bootstrap()), host_);
  }
  std::vector<Event> arrived(const std::string &type) override {
    std::vector<Event> out;
    for (const auto &m : testing_kafka::read_topic(broker_.bootstrap(), "market.data." + type))
      out.push_back({std::stoull(m.headers.at("id")), m.headers.at("type"), m.key, m.payload, m.time_ms * 1'000'000});
    return out;
  }
  void take_away() override {
    broker_.down();
    away_ = true;
  }
  void bring_back() override { broker_.up(); }
  std::size_t too_large() const override { return 1'000'001; }

 private:
  testing_kafka::MockBroker broker_;
  FakeHost host_;
  bool away_ = false;
  EventSinkClient patient_{KAFKA_PLUGIN, "kafka", kafka::patient(broker_.bootstrap()), host_};
  // For calls that are to end by a time-out, and those that are repeated until they do not.
  EventSinkClient hasty_{KAFKA_PLUGIN, "kafka", kafka::patient(broker_.bootstrap(), {{"delivery_timeout", "2s"}}), host_};
};

INSTANTIATE_TEST_SUITE_P(Kafka, EventSinkConformance,
                         testing::Values(EventSinkBackend{"kafka", [] { return std::make_unique<InKafka>(); }}),
                         [](const auto &backend) { return backend.param.name; });

}  // namespace
}  // namespace tapedeck::conformance
