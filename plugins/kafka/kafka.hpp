// Kafka as the host sees it: a sink of events.
//
// Threads: any number of calls at a time; one publishes, others wait their turn. Failures: tapedeck::Error.
#pragma once

#include <memory>
#include <mutex>

#include "outcomes.hpp"
#include "producer.hpp"

namespace tapedeck::kafka {

// An event goes to TOPIC.TYPE, by its key into a partition. One request at a time is on its way to a broker, and behind one
// that is not acknowledged nothing is sent: what has arrived of a partition is always a beginning of what was handed over.
// So an event that comes again may be in the topic twice, but never for the first time after a later one of its key:
// who leaves out the ids it has seen reads every event once and in order. (acks=1 gives that up where a broker refuses.)
//
// A producer lives as long as everything is acknowledged. With anything else its state is in doubt: what it has not sent is
// thrown away, it ends, and the next attempt begins with a new one.
class Kafka {
 public:
  static constexpr tdk_descriptor descriptor = [] {
    tdk_descriptor d = describe("kafka", "Kafka", "0.1.0", eventsink_iids, kOptions, TDK_PLUGIN_CONCURRENT);
    d.vendor = "Tapedeck";
    d.license = "Apache-2.0";
    d.description = "Publishes candles, ticks, findings and sources to Kafka";
    return d;
  }();

  Kafka(Host host, Config config);

  // Waits until it is known of every event what became of it, but for no acknowledgement no longer than
  // `delivery_timeout`. When the brokers took some and then fell silent, the rest are failures to be tried again; when they took
  // none, TDK_UNAVAILABLE. A topic that there is not, or that may not be written, is tried again, all of its events.
  void publish(const Rows<tdk_event> &events, EventFailures &failures, const Cancel &cancel);
  // Asks the brokers, for `connect_timeout` at most.
  void health();

 private:
  struct Round;
  std::shared_ptr<Producer> producer(int batch_events);
  void discard(const std::shared_ptr<Producer> &producer);
  std::string topic_of(const tdk_event &event) const;
  void refuse_unnamable(const Rows<tdk_event> &events, Outcomes &outcomes) const;
  Round send(const Rows<tdk_event> &events, Outcomes &outcomes, int batch_events, const Cancel &cancel);
  void settle(Round &round, std::vector<Receipt> receipts, Outcomes &outcomes) const;
  int judge(const Rows<tdk_event> &events, const Round &round, Outcomes &outcomes, int batch_events) const;
  std::string with_trouble(std::int64_t since, const std::string &what) const;

  const Host host_;
  const Settings settings_;
  mutable ClientLog log_;
  const Metric published_, failed_, bytes_, ack_seconds_, producers_;
  std::mutex publishing_;
  std::mutex mutex_;
  std::shared_ptr<Producer> producer_;  // none before the first call, and after a failure
};

}  // namespace tapedeck::kafka
