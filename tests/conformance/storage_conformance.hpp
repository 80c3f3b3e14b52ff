// What every storage plugin has to pass: the cases STO-001 and on, driven through the C table
// alone.
//
// A plugin's test program links storage_conformance, says how to make a fresh store, and
// instantiates:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StorageConformance, testing::Values(Backend{"sqlite",
//   &make}));
#pragma once

#include "outbox_client.hpp"
#include "storage_client.hpp"
#include "transfer_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <functional>
#include <memory>
#include <ostream>

namespace tapedeck::conformance {

// One store, empty when this object is made, gone when it is destroyed.
class StorageUnderTest {
 public:
  virtual ~StorageUnderTest() = default;
  virtual std::string plugin_file() const = 0;
  virtual std::string plugin_id() const = 0;
  virtual Options writer_options() const = 0;
  virtual Options reader_options() const { return writer_options(); }
  // What the back end's own check has to complain about; empty: nothing. No instance is open then.
  virtual std::string damage() const { return {}; }
};

struct Backend {
  std::string name;
  std::function<std::unique_ptr<StorageUnderTest>()> make;
};
inline void PrintTo(const Backend &b, std::ostream *out) { *out << b.name; }

class StorageConformance : public testing::TestWithParam<Backend> {
 protected:
  StorageConformance() : under_test_(GetParam().make()) {}
  StorageClient &store();  // the writing instance, opened on first use
  std::unique_ptr<StorageClient> reader() const;
  std::unique_ptr<StorageClient> second_writer() const;
  void close() { writer_.reset(); }
  // The last functions of the table came later; a storage may lack them.
  bool keeps_batches();
  bool keeps_facts();
  // Nor need it offer the interfaces beside the storage's own.
  bool keeps_outbox() { return outbox().offered(); }
  bool keeps_transfer() { return transfer().offered(); }
  OutboxClient outbox() { return OutboxClient(store()); }
  TransferClient transfer() { return TransferClient(store()); }
  const StorageUnderTest &under_test() const { return *under_test_; }
  FakeHost host_;

 private:
  std::unique_ptr<StorageUnderTest> under_test_;
  std::unique_ptr<StorageClient> writer_;
};

// `count` final candles a minute apart, each with prices of its own.
std::vector<Candle> make_candles(std::int64_t first, std::size_t count, std::int64_t salt = 0);
Candle make_candle(std::int64_t open_time, std::int64_t price, std::uint32_t state = 0);
Coverage covered(std::int64_t from, std::int64_t to, std::uint32_t state = TDK_COVERAGE_PRESENT);
Coverage failed(std::int64_t from, std::int64_t to, std::uint32_t tries, std::int64_t next_try);

// "S7"
template <std::integral N>
std::string numbered(const std::string &name, N n) {
  return name + std::to_string(n);
}

std::ostream &operator<<(std::ostream &out, const Candle &c);
std::ostream &operator<<(std::ostream &out, const Coverage &c);
std::ostream &operator<<(std::ostream &out, const Tick &t);
std::ostream &operator<<(std::ostream &out, const Symbol &s);
std::ostream &operator<<(std::ostream &out, const Event &e);
std::ostream &operator<<(std::ostream &out, const OutboxEntry &e);
std::ostream &operator<<(std::ostream &out, const OutboxStat &s);
std::ostream &operator<<(std::ostream &out, const Outcome &o);

}  // namespace tapedeck::conformance
