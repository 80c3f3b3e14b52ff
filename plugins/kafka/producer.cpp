#include "producer.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "broker_errors.hpp"
#include "client_config.hpp"

namespace tapedeck::kafka {
namespace {

constexpr std::string_view kSchemaVersion = "1";  // of the envelope
constexpr std::int64_t kMillisecond = 1'000'000;

// librdkafka reads through pointers that are not const, and copies.
void *unconst(const char *data) { return const_cast<char *>(data); }

rd_kafka_vu_t text(rd_kafka_vtype_t type, const char *value) {
  rd_kafka_vu_t out{};
  out.vtype = type;
  out.u.cstr = value;
  return out;
}

rd_kafka_vu_t bytes(rd_kafka_vtype_t type, std::string_view value) {
  rd_kafka_vu_t out{};
  out.vtype = type;
  out.u.mem.ptr = unconst(value.data());
  out.u.mem.size = value.size();
  return out;
}

rd_kafka_vu_t header(const char *name, std::string_view value) {
  rd_kafka_vu_t out{};
  out.vtype = RD_KAFKA_VTYPE_HEADER;
  out.u.header.name = name;
  out.u.header.val = value.data();
  out.u.header.size = static_cast<ssize_t>(value.size());
  return out;
}

rd_kafka_vu_t time_of(const tdk_event &event) {
  rd_kafka_vu_t out{};
  out.vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  out.u.i64 = event.time / kMillisecond;
  return out;
}

rd_kafka_vu_t copied() {
  rd_kafka_vu_t out{};
  out.vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  out.u.i = RD_KAFKA_MSG_F_COPY;
  return out;
}

rd_kafka_vu_t index_as_opaque(const std::uint64_t &index) {
  rd_kafka_vu_t out{};
  out.vtype = RD_KAFKA_VTYPE_OPAQUE;
  out.u.ptr = reinterpret_cast<void *>(static_cast<std::uintptr_t>(index));
  return out;
}

}  // namespace

Producer::Producer(const Settings &settings, ClientLog &log, int batch_events) : log_(log), batch_events_(batch_events) {
  ClientConfig config = make_client_config(settings, batch_events);
  rd_kafka_conf_set_opaque(config.get(), this);
  rd_kafka_conf_set_dr_msg_cb(config.get(), &on_receipt);
  rd_kafka_conf_set_log_cb(config.get(), &on_log);
  char why[400] = "";
  client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, config.get(), why, sizeof why));
  if (!client_) throw Error(TDK_INVALID_ARGUMENT, "setting up " + settings.name() + ": " + printable(why, 300));
  config.release();  // the producer has it now
}

Producer::~Producer() {
  quiet_ = true;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

void Producer::on_receipt(rd_kafka_t *, const rd_kafka_message_t *message, void *self) {
  auto &producer = *static_cast<Producer *>(self);
  --producer.open_;
  const auto micros = rd_kafka_message_latency(message);
  producer.receipts_.push_back({reinterpret_cast<std::uintptr_t>(message->_private), message->err, message->len,
                                micros > 0 ? static_cast<double>(micros) / 1e6 : 0.0});
}

// What it thinks of the settings is nothing that the operator could change: they are chosen here.
void Producer::on_log(const rd_kafka_t *client, int level, const char *facility, const char *text) {
  const auto &producer = *static_cast<Producer *>(rd_kafka_opaque(client));
  if (!producer.quiet_ && std::string_view(facility) != "CONFWARN") producer.log_.take(level, text);
}

rd_kafka_resp_err_t Producer::send(const tdk_event &event, const std::string &topic, std::uint64_t index) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), event.id).ptr;
  const std::array parts = {text(RD_KAFKA_VTYPE_TOPIC, topic.c_str()),
                            bytes(RD_KAFKA_VTYPE_KEY, sv(event.key)),
                            bytes(RD_KAFKA_VTYPE_VALUE, sv(event.payload)),
                            time_of(event),
                            copied(),
                            index_as_opaque(index),
                            header("id", {digits.data(), static_cast<std::size_t>(end - digits.data())}),
                            header("type", sv(event.type)),
                            header("schema_version", kSchemaVersion)};
  rd_kafka_error_t *failed = rd_kafka_produceva(client_.get(), parts.data(), parts.size());
  if (failed == nullptr) {
    ++open_;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  const rd_kafka_resp_err_t out = rd_kafka_error_code(failed);
  rd_kafka_error_destroy(failed);
  return stopped_by() ? RD_KAFKA_RESP_ERR__FATAL : out;  // else it is what stopped it
}

std::vector<Receipt> Producer::receipts(std::chrono::milliseconds wait) {
  rd_kafka_poll(client_.get(), static_cast<int>(wait.count()));
  return std::exchange(receipts_, {});
}

void Producer::give_up_queued() { rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE); }

std::vector<Receipt> Producer::give_up() {
  if (open_ == 0) return std::exchange(receipts_, {});
  quiet_ = true;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (open_ > 0) rd_kafka_poll(client_.get(), 10);
  return std::exchange(receipts_, {});
}

std::optional<rd_kafka_resp_err_t> Producer::stopped_by() const {
  const rd_kafka_resp_err_t error = rd_kafka_fatal_error(client_.get(), nullptr, 0);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR ? std::nullopt : std::optional(error);
}

rd_kafka_resp_err_t Producer::ask_brokers(std::chrono::milliseconds wait) const {
  const rd_kafka_metadata_t *answer = nullptr;
  const auto error = rd_kafka_metadata(client_.get(), 0, nullptr, &answer, static_cast<int>(wait.count()));
  if (answer != nullptr) rd_kafka_metadata_destroy(answer);
  return error;
}

}  // namespace tapedeck::kafka
