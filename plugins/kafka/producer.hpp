// One producer of librdkafka: hands over events, and says what became of them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client_log.hpp"
#include "settings.hpp"

namespace tapedeck::kafka {

// What became of an event that was handed over.
struct Receipt {
  std::uint64_t index;
  rd_kafka_resp_err_t error;  // 0: acknowledged; a purge: nobody knows
  std::size_t bytes;
  double seconds;             // from handing over until it was known

  bool taken() const { return error == RD_KAFKA_RESP_ERR_NO_ERROR; }
  bool purged() const { return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT; }
};

// Lifecycle: connects from the constructor on, by threads of librdkafka that end before the destructor does: at once, but
// for a look-up of a host's name. Threads: one at a time, but ask_brokers(), which any may call.
// Failures: tapedeck::Error.
class Producer {
 public:
  // `batch_events` as make_client_config() has it.
  Producer(const Settings &settings, ClientLog &log, int batch_events);
  ~Producer();
  Producer(const Producer &) = delete;
  Producer &operator=(const Producer &) = delete;

  // 0: there will be a receipt of it under this index. QUEUE_FULL: take receipts first. Else: it was not taken.
  rd_kafka_resp_err_t send(const tdk_event &event, const std::string &topic, std::uint64_t index);
  // Waits for receipts; those that came since the last call.
  std::vector<Receipt> receipts(std::chrono::milliseconds wait);
  std::uint64_t open() const { return open_; }  // handed over, without a receipt
  // Gives up what has not been sent; its receipts follow.
  void give_up_queued();
  // Gives up whatever has no receipt yet, and returns receipts of it. It may have been sent, and arrive yet. After that the
  // producer is of no use.
  std::vector<Receipt> give_up();

  // What stopped it for good: nothing is sent any more.
  std::optional<rd_kafka_resp_err_t> stopped_by() const;
  // What the brokers say of themselves; the error, if they do not.
  rd_kafka_resp_err_t ask_brokers(std::chrono::milliseconds wait) const;
  int batch_events() const { return batch_events_; }

 private:
  static void on_receipt(rd_kafka_t *, const rd_kafka_message_t *message, void *self);
  static void on_log(const rd_kafka_t *client, int level, const char *, const char *text);

  ClientLog &log_;
  const int batch_events_;
  std::uint64_t open_ = 0;
  std::atomic<bool> quiet_{false};  // what is lost by giving up is no news
  std::vector<Receipt> receipts_;
  std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client_{nullptr, &rd_kafka_destroy};
};

}  // namespace tapedeck::kafka
