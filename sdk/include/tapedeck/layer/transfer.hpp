// From a class with read_kept_candles(), write_kept_candles() and so on to the transfer's table.
#pragma once

#include <tapedeck/layer/provider.hpp>
#include <tapedeck/layer/storage.hpp>

namespace tapedeck {
inline namespace v1 {
namespace detail {

TDK_DETECT(read_kept_candles, read_kept_candles(std::declval<const tdk_series &>(),
                                                std::declval<const tdk_range &>(),
                                                std::declval<const tdk_kept_candle_sink &>(),
                                                std::declval<const Cancel &>()));

// read_kept_candles(series, range, sink, cancel), write_kept_candles(series, kept) -> how many were new,
// tick_symbols(sink, cancel), read_kept_quotes(symbol, range, sink, cancel)
template <class T>
struct TransferTable {
  static constexpr bool offered = has<T, read_kept_candles_op>::value;

  static const tdk_transfer *get() {
    static const tdk_transfer table = make();
    return &table;
  }

 private:
  static T &at(void *self) { return *static_cast<T *>(self); }

  static tdk_transfer make() {
    tdk_transfer t{};
    t.struct_size = sizeof t;
    t.read_candles = [](void *self, const tdk_series *series, const tdk_range *range,
                        const tdk_kept_candle_sink *sink, const tdk_cancel *cancel,
                        tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).read_kept_candles(*series, *range, *sink, Cancel(cancel));
        return TDK_OK;
      });
    };
    t.write_candles = [](void *self, const tdk_series *series, const tdk_kept_candles *first,
                         std::uint64_t n, std::uint64_t stride, std::uint64_t *written,
                         tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        *written = at(self).write_kept_candles(*series, Rows<tdk_kept_candles>{first, n, stride});
        return TDK_OK;
      });
    };
    t.tick_symbols = [](void *self, const tdk_text_sink *sink, const tdk_cancel *cancel,
                        tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).tick_symbols(*sink, Cancel(cancel));
        return TDK_OK;
      });
    };
    t.read_quotes = [](void *self, tdk_str symbol, const tdk_range *range,
                       const tdk_kept_quote_sink *sink, const tdk_cancel *cancel,
                       tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).read_kept_quotes(sv(symbol), *range, *sink, Cancel(cancel));
        return TDK_OK;
      });
    };
    return t;
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
