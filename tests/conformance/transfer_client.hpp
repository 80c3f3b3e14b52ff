// The transfer interface with C++ values on this side of it, for tests.
#pragma once

#include "storage_client.hpp"

namespace tapedeck::conformance {

struct KeptCandles {
  std::string source = "alpha";
  std::uint32_t rank = 0;
  std::string source_version = "alpha 1.0.0";
  std::int64_t fetched_at = 1;
  Exponents exps{};
  std::vector<Candle> candles{};
  std::vector<std::int64_t> replaced_at{};  // one for each candle: former values; none: they stand
};

struct KeptTicks {
  std::string source, source_version;
  std::vector<Tick> ticks;
};

struct KeptRange {
  std::int64_t from = kEarliest, to = kLatest;
  const tdk_cancel *cancel = nullptr;
};

// Threads: as the storage, which must live longer.
class TransferClient {
 public:
  explicit TransferClient(const StorageClient &storage)
      : storage_(storage), table_(storage.interface<tdk_transfer>(TDK_IID_TRANSFER)) {}
  bool offered() const { return table_ != nullptr; }
  Listed<KeptCandles> read_candles(const SeriesName &series, const KeptRange &range = {}) const;
  Counted write_candles(const SeriesName &series, const std::vector<KeptCandles> &kept) const;
  Listed<std::string> tick_symbols(const tdk_cancel *cancel = nullptr) const;
  Listed<KeptTicks> read_ticks(const std::string &symbol, const KeptRange &range = {}) const;

 private:
  const StorageClient &storage_;
  const tdk_transfer *table_;
};

}  // namespace tapedeck::conformance
