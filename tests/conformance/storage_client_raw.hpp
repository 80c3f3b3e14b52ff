// Candles and ticks of a StorageClient as the C tables take and give them.
#pragma once

#include "storage_client.hpp"

#include <array>

namespace tapedeck::conformance {

// Candles as the columns the interface takes.
class Columns {
 public:
  Columns(const std::vector<Candle> &candles, const Exponents &exps, bool only_required = false);
  Columns(const Columns &) = delete;
  Columns &operator=(const Columns &) = delete;
  tdk_candle_batch *raw() { return &batch_; }
  const tdk_candle_batch *raw() const { return &batch_; }

 private:
  std::array<std::vector<std::int64_t>, 8> cells_;
  std::vector<std::uint32_t> state_;
  tdk_candle_batch batch_{};
};

Batch batch_of(const tdk_candle_batch &batch);
tdk_quote raw_quote(const Tick &tick);  // borrows it
Tick tick_of(const tdk_quote &quote);

// Runs one call and copies what it said.
template <class Call>
void run(Outcome &out, Call &&call) {
  tdk_error error = detail::fresh();
  out.status = call(&error);
  out.message = error.message;
}

}  // namespace tapedeck::conformance
