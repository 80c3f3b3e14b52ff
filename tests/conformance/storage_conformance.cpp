#include "storage_conformance.hpp"

#include <cstddef>

namespace tapedeck::conformance {

StorageClient &StorageConformance::store() {
  if (!writer_)
    writer_ = std::make_unique<StorageClient>(under_test_->plugin_file(), under_test_->plugin_id(),
                                              under_test_->writer_options(), host_);
  return *writer_;
}

std::unique_ptr<StorageClient> StorageConformance::reader() const {
  return std::make_unique<StorageClient>(under_test_->plugin_file(), under_test_->plugin_id(),
                                         under_test_->reader_options(), host_);
}

std::unique_ptr<StorageClient> StorageConformance::second_writer() const {
  return std::make_unique<StorageClient>(under_test_->plugin_file(), under_test_->plugin_id(),
                                         under_test_->writer_options(), host_);
}

bool StorageConformance::keeps_batches() {
  const tdk_storage &table = store().table();
  return table.struct_size > offsetof(tdk_storage, query_quotes) &&
         table.commit_batch != nullptr && table.query_quotes != nullptr;
}

bool StorageConformance::keeps_facts() {
  const tdk_storage &table = store().table();
  return table.struct_size > offsetof(tdk_storage, query_events) && table.store_symbols != nullptr &&
         table.query_symbols != nullptr && table.store_events != nullptr &&
         table.query_events != nullptr;
}

Candle make_candle(std::int64_t open_time, std::int64_t price, std::uint32_t state) {
  return {open_time, price,     price + 2,  price - 2, price + 1,
          price * 3, price * 5, price % 97, state};
}

std::vector<Candle> make_candles(std::int64_t first, std::size_t count, std::int64_t salt) {
  std::vector<Candle> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto n = static_cast<std::int64_t>(i);
    out.push_back(make_candle(first + n * kMinute, 10'000 + n * 7 + salt));
  }
  return out;
}

Coverage covered(std::int64_t from, std::int64_t to, std::uint32_t state) {
  Coverage c;
  c.from = from;
  c.to = to;
  c.state = state;
  c.updated = 1;
  return c;
}

Coverage failed(std::int64_t from, std::int64_t to, std::uint32_t tries, std::int64_t next_try) {
  Coverage c = covered(from, to, TDK_COVERAGE_FAILED);
  c.error = TDK_UNAVAILABLE;
  c.tries = tries;
  c.next_try = next_try;
  c.reason = "HTTP 503";
  return c;
}

std::ostream &operator<<(std::ostream &out, const Candle &c) {
  return out << "{t " << c.open_time << ", " << c.open << " " << c.high << " " << c.low << " "
             << c.close << ", v " << c.volume << " " << c.turnover << " " << c.trades << ", state "
             << c.state << "}";
}

std::ostream &operator<<(std::ostream &out, const Coverage &c) {
  return out << "{[" << c.from << ", " << c.to << ") state " << c.state << " of " << c.source
             << ", error " << c.error << ", tries " << c.tries << ", next " << c.next_try
             << ", updated " << c.updated << ", '" << c.reason << "'}";
}

std::ostream &operator<<(std::ostream &out, const Tick &t) {
  return out << "{" << t.symbol << " t " << t.time << " #" << t.sequence << ", bid " << t.bid
             << " ask " << t.ask << " last " << t.last << ", flags " << t.flags << "}";
}

std::ostream &operator<<(std::ostream &out, const Symbol &s) {
  return out << "{" << s.symbol << " '" << s.name << "' of " << s.source << " at " << s.fetched_at << "}";
}

std::ostream &operator<<(std::ostream &out, const Event &e) {
  out << "{" << e.id << " t " << e.time << " '" << e.title << "' " << e.country << " of " << e.source
      << " at " << e.fetched_at;
  for (const auto &d : {e.actual, e.forecast, e.previous})
    if (d) out << ", " << d->mantissa << "e" << d->exp;
  return out << "}";
}

std::ostream &operator<<(std::ostream &out, const OutboxEntry &e) {
  return out << "{#" << e.id << " " << e.type << " '" << e.key << "' for " << e.sink << ", state "
             << e.state << ", created " << e.created << ", tries " << e.tries << " '" << e.error
             << "', t " << e.time << ", " << e.payload.substr(0, 80) << "}";
}

std::ostream &operator<<(std::ostream &out, const OutboxStat &s) {
  return out << "{" << s.sink << ": " << s.waiting << " wait, " << s.dead << " dead, oldest "
             << s.oldest << "}";
}

std::ostream &operator<<(std::ostream &out, const Outcome &o) {
  return out << "status " << o.status << " '" << o.message << "'";
}

}  // namespace tapedeck::conformance
