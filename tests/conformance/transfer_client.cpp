#include "transfer_client.hpp"

#include "storage_client_raw.hpp"

#include <memory>

namespace tapedeck::conformance {
namespace {

KeptCandles kept_of(const tdk_kept_candles &k) {
  const Batch batch = batch_of(*k.batch);
  KeptCandles out{batch.source, k.rank, std::string(sv(k.source_version)), batch.fetched_at, batch.exps, batch.candles};
  if (k.replaced_at) out.replaced_at.assign(k.replaced_at, k.replaced_at + k.batch->count);
  return out;
}

KeptTicks kept_of(const tdk_kept_quotes &k) {
  KeptTicks out{std::string(sv(k.source)), std::string(sv(k.source_version)), {}};
  for (std::uint64_t i = 0; i < k.count; ++i)
    out.ticks.push_back(tick_of(detail::at(k.quotes, i, k.stride)));
  return out;
}

// Borrows what it is made of.
class RawKept {
 public:
  explicit RawKept(const KeptCandles &k) : columns_(k.candles, k.exps) {
    columns_.raw()->source = str(k.source);
    columns_.raw()->fetched_at = k.fetched_at;
    raw_ = {sizeof raw_, k.rank, str(k.source_version), columns_.raw(),
            k.replaced_at.empty() ? nullptr : k.replaced_at.data()};
  }
  const tdk_kept_candles &get() const { return raw_; }

 private:
  Columns columns_;
  tdk_kept_candles raw_{};
};

}  // namespace

Listed<KeptCandles> TransferClient::read_candles(const SeriesName &name, const KeptRange &r) const {
  Listed<KeptCandles> out;
  const tdk_kept_candle_sink sink{sizeof sink, 0, &out.items,
                                  [](void *p, const tdk_kept_candles *k) -> tdk_status {
                                    static_cast<std::vector<KeptCandles> *>(p)->push_back(kept_of(*k));
                                    return TDK_OK;
                                  }};
  const tdk_series series = raw_series(name);
  const tdk_range range{r.from, r.to};
  run(out, [&](tdk_error *e) {
    return table_->read_candles(storage_.self(), &series, &range, &sink, r.cancel, e);
  });
  return out;
}

Counted TransferClient::write_candles(const SeriesName &name,
                                      const std::vector<KeptCandles> &kept) const {
  std::vector<std::unique_ptr<RawKept>> parts;
  std::vector<tdk_kept_candles> raw;
  for (const KeptCandles &k : kept) {
    parts.push_back(std::make_unique<RawKept>(k));
    raw.push_back(parts.back()->get());
  }
  Counted out;
  const tdk_series series = raw_series(name);
  run(out, [&](tdk_error *e) {
    return table_->write_candles(storage_.self(), &series, raw.data(), raw.size(),
                                 sizeof(tdk_kept_candles), &out.count, e);
  });
  return out;
}

Listed<std::string> TransferClient::tick_symbols(const tdk_cancel *cancel) const {
  Listed<std::string> out;
  const tdk_text_sink sink{sizeof sink, 0, &out.items,
                           [](void *p, const tdk_str *first, std::uint64_t n) -> tdk_status {
                             for (std::uint64_t i = 0; i < n; ++i)
                               static_cast<std::vector<std::string> *>(p)->emplace_back(sv(first[i]));
                             return TDK_OK;
                           }};
  run(out, [&](tdk_error *e) { return table_->tick_symbols(storage_.self(), &sink, cancel, e); });
  return out;
}

Listed<KeptTicks> TransferClient::read_ticks(const std::string &symbol, const KeptRange &r) const {
  Listed<KeptTicks> out;
  const tdk_kept_quote_sink sink{sizeof sink, 0, &out.items,
                                 [](void *p, const tdk_kept_quotes *k) -> tdk_status {
                                   static_cast<std::vector<KeptTicks> *>(p)->push_back(kept_of(*k));
                                   return TDK_OK;
                                 }};
  const tdk_range range{r.from, r.to};
  run(out, [&](tdk_error *e) {
    return table_->read_quotes(storage_.self(), str(symbol), &range, &sink, r.cancel, e);
  });
  return out;
}

}  // namespace tapedeck::conformance
