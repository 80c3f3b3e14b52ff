#include "kafka.hpp"

#include <algorithm>
#include <chrono>

#include "broker_errors.hpp"
#include "client_config.hpp"

namespace tapedeck::kafka {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPoll{50};  // between two looks whether the call is cancelled
constexpr std::uint64_t kHandOver = 256;        // events between two of them
constexpr int kWholeBatches = 0, kOneByOne = 1, kSplit = 8;
constexpr std::size_t kLongestType = 32;

bool names_a_topic(std::string_view type) {
  return !type.empty() && type.size() <= kLongestType &&
         type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

std::string seconds(std::chrono::milliseconds time) { return std::to_string(time.count() / 1000) + " s"; }

}  // namespace

// One attempt at all events that are open yet.
struct Kafka::Round {
  std::vector<Receipt> refused;
  std::optional<rd_kafka_resp_err_t> stopped;  // the producer, for good
  bool silent = false;                         // no acknowledgement for too long
  bool all_taken() const { return refused.empty() && !stopped && !silent; }
};

Kafka::Kafka(Host host, Config config)
    : host_(host),
      settings_(config),
      log_(host),
      published_(host, MetricKind::Counter, "tapedeck_kafka_events_total"),
      failed_(host, MetricKind::Counter, "tapedeck_kafka_failures_total"),
      bytes_(host, MetricKind::Counter, "tapedeck_kafka_bytes_total"),
      ack_seconds_(host, MetricKind::Histogram, "tapedeck_kafka_ack_seconds"),
      producers_(host, MetricKind::Counter, "tapedeck_kafka_producers_total") {
  make_client_config(settings_);
  if (settings_.sasl_mechanism == "PLAIN" && !settings_.tls())
    log_.say(TDK_LOG_WARN, settings_.name() + ": the password goes over the wire as it is; use security: sasl_ssl");
  if (!settings_.tls_verify) log_.say(TDK_LOG_WARN, settings_.name() + ": certificates of brokers are not checked (tls_verify)");
}

std::shared_ptr<Producer> Kafka::producer(int batch_events) {
  const std::lock_guard lock(mutex_);
  if (!producer_ || producer_->batch_events() != batch_events) {
    producer_.reset();
    producer_ = std::make_shared<Producer>(settings_, log_, batch_events);
    producers_.record(1);
  }
  return producer_;
}

void Kafka::discard(const std::shared_ptr<Producer> &producer) {
  const std::lock_guard lock(mutex_);
  if (producer_ == producer) producer_.reset();
}

std::string Kafka::topic_of(const tdk_event &event) const { return settings_.topic + "." + std::string(sv(event.type)); }

void Kafka::refuse_unnamable(const Rows<tdk_event> &events, Outcomes &outcomes) const {
  for (std::uint64_t i = 0; i < events.count; ++i)
    if (!names_a_topic(sv(events[i].type)))
      outcomes.fail(i, TDK_INVALID_ARGUMENT, "its type '" + printable(sv(events[i].type), kLongestType) + "' can be in no topic's name");
}

void Kafka::settle(Round &round, std::vector<Receipt> receipts, Outcomes &outcomes) const {
  for (const Receipt &receipt : receipts) {
    if (receipt.taken()) {
      outcomes.take(receipt.index);
      bytes_.record(static_cast<double>(receipt.bytes));
      ack_seconds_.record(receipt.seconds);
    } else if (!receipt.purged()) {
      round.refused.push_back(receipt);
    }
  }
}

Kafka::Round Kafka::send(const Rows<tdk_event> &events, Outcomes &outcomes, int batch_events, const Cancel &cancel) {
  Round round;
  const auto current = producer(batch_events);
  auto heard = steady_clock::now();
  const auto wait = [&](std::chrono::milliseconds time) {
    cancel.check();
    const std::uint64_t before = outcomes.taken();
    settle(round, current->receipts(time), outcomes);
    if (outcomes.taken() != before) heard = steady_clock::now();
    round.stopped = current->stopped_by();
    if (round.stopped) current->give_up_queued();
    round.silent = steady_clock::now() - heard > settings_.delivery_timeout;
  };
  try {
    for (std::uint64_t i = 0; i < events.count && !round.stopped && !round.silent; ++i) {
      if (!outcomes.open(i)) continue;
      rd_kafka_resp_err_t error = current->send(events[i], topic_of(events[i]), i);
      while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL && !round.stopped && !round.silent) {
        wait(kPoll);
        error = current->send(events[i], topic_of(events[i]), i);
      }
      if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        outcomes.fail(i, TDK_INVALID_ARGUMENT, text_of(error));
      else if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR__FATAL && error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        round.refused.push_back({i, error, 0, 0});
      if (i % kHandOver == kHandOver - 1) wait(std::chrono::milliseconds(0));
    }
    while (current->open() > 0 && !round.silent) wait(kPoll);
    settle(round, current->give_up(), outcomes);
  } catch (...) {
    discard(current);
    throw;
  }
  if (!round.silent) round.stopped = current->stopped_by();
  if (!round.all_taken()) discard(current);
  return round;
}

// Says of refused events what is known now, and how large batches of the next attempt may be. A broker refuses a batch
// for what one event in it is, or for its size: it is taken apart until it goes, or is one event.
int Kafka::judge(const Rows<tdk_event> &events, const Round &round, Outcomes &outcomes, int batch_events) const {
  std::vector<Receipt> unfit;
  for (const Receipt &refused : round.refused) {
    if (!outcomes.open(refused.index)) continue;
    const tdk_status status = status_of(refused.error);
    if (status == TDK_INVALID_ARGUMENT) {
      unfit.push_back(refused);
      continue;
    }
    const std::string topic = topic_of(events[refused.index]);
    for (std::uint64_t i = 0; i < events.count; ++i)
      if (outcomes.open(i) && sv(events[i].type) == sv(events[refused.index].type))
        outcomes.fail(i, status, "topic " + topic + ": " + text_of(refused.error));
  }
  std::erase_if(unfit, [&](const Receipt &r) { return !outcomes.open(r.index); });
  if (unfit.size() > 1 && batch_events != kOneByOne)
    return std::max(kOneByOne, static_cast<int>(unfit.size()) / kSplit);
  for (const Receipt &refused : unfit)
    outcomes.fail(refused.index, TDK_INVALID_ARGUMENT, "topic " + topic_of(events[refused.index]) + ": " + text_of(refused.error));
  return unfit.empty() ? batch_events : kWholeBatches;
}

std::string Kafka::with_trouble(std::int64_t since, const std::string &what) const {
  const std::string trouble = log_.last_trouble(since);
  return settings_.name() + ": " + what + (trouble.empty() ? "" : " (" + trouble + ")");
}

void Kafka::publish(const Rows<tdk_event> &events, EventFailures &failures, const Cancel &cancel) {
  const std::lock_guard one(publishing_);
  const std::int64_t began = host_.monotonic();
  Outcomes outcomes(events);
  refuse_unnamable(events, outcomes);
  for (int batch_events = kWholeBatches; outcomes.any_open();) {
    cancel.check();
    const Round round = send(events, outcomes, batch_events, cancel);
    if (round.all_taken()) break;
    const bool unusable = round.silent || (round.stopped && round.refused.empty());
    if (!unusable) {
      batch_events = judge(events, round, outcomes, batch_events);
      continue;
    }
    const std::string why = with_trouble(
        began, round.stopped ? "the producer was stopped: " + text_of(*round.stopped)
                             : "no acknowledgement for " + seconds(settings_.delivery_timeout) +
                                   "; look whether the brokers run and can be reached from here");
    const tdk_status status = round.stopped ? status_of(*round.stopped) : TDK_UNAVAILABLE;
    if (outcomes.taken() == 0) {
      failed_.record(static_cast<double>(events.count));
      throw Error(status, "publishing " + std::to_string(events.count) + " events, to " + why);
    }
    outcomes.fail_open(status, why);
  }
  published_.record(static_cast<double>(outcomes.taken()));
  failed_.record(static_cast<double>(outcomes.report(failures)));
}

void Kafka::health() {
  const std::int64_t began = host_.monotonic();
  std::shared_ptr<Producer> current;
  {
    const std::lock_guard lock(mutex_);
    current = producer_;
  }
  if (!current) current = producer(kWholeBatches);
  const rd_kafka_resp_err_t error = current->ask_brokers(settings_.connect_timeout);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  throw Error(status_of(error), "checking " + with_trouble(began, "no broker answers within " + seconds(settings_.connect_timeout) +
                                                                      "; look whether they run and can be reached from here"));
}

}  // namespace tapedeck::kafka
