// From a class with fetch_candles() and friends to the provider's table.
#pragma once

#include <tapedeck/layer/candles.hpp>
#include <tapedeck/layer/core.hpp>
#include <tapedeck/layer/services.hpp>
#include <tapedeck/layer/writers.hpp>

namespace tapedeck {
inline namespace v1 {
namespace detail {

template <class, template <class> class, class = void>
struct has : std::false_type {};
template <class T, template <class> class Op>
struct has<T, Op, std::void_t<Op<T>>> : std::true_type {};
#define TDK_DETECT(name, ...) \
  template <class T>          \
  using name##_op = decltype(std::declval<T &>().__VA_ARGS__)

TDK_DETECT(info, info(std::declval<tdk_provider_info &>()));
TDK_DETECT(candles, fetch_candles(std::declval<const CandleRequest &>(),
                                  std::declval<CandleWriter &>(), std::declval<const Cancel &>()));
TDK_DETECT(quotes, fetch_quotes(std::declval<span<const tdk_str>>(),
                                std::declval<const tdk_quote_sink &>(),
                                std::declval<const Cancel &>()));
TDK_DETECT(search, search_symbols(std::string_view{}, std::uint64_t{},
                                  std::declval<const tdk_symbol_sink &>(),
                                  std::declval<const Cancel &>()));
TDK_DETECT(calendar, fetch_calendar(std::declval<const tdk_range &>(), std::string_view{},
                                    std::declval<const tdk_calendar_sink &>(),
                                    std::declval<const Cancel &>()));
TDK_DETECT(earliest,
           earliest(std::declval<const tdk_series &>(), std::declval<const Cancel &>()));
TDK_DETECT(stream, run_stream(std::declval<const tdk_stream_request &>(),
                              std::declval<const tdk_stream_sink &>(),
                              std::declval<const Cancel &>()));

template <class T>
struct ProviderTable {
  static constexpr bool offered = has<T, candles_op>::value || has<T, quotes_op>::value ||
                                  has<T, search_op>::value || has<T, calendar_op>::value ||
                                  has<T, stream_op>::value;

  static const tdk_provider *get() {
    static const tdk_provider table = make();
    return &table;
  }

 private:
  template <class U>
  using price_exp_op = decltype(U::price_exp);
  template <class U>
  using volume_exp_op = decltype(U::volume_exp);
  static constexpr int price_exp() {
    if constexpr (has<T, price_exp_op>::value) return T::price_exp;
    return -8;
  }
  static constexpr int volume_exp() {
    if constexpr (has<T, volume_exp_op>::value) return T::volume_exp;
    return -8;
  }
  static T &at(void *self) { return *static_cast<T *>(self); }

  template <class U>
  using stream_capabilities_op = decltype(U::stream_capabilities);
  static constexpr std::uint64_t stream_capabilities() {
    if constexpr (has<T, stream_op>::value && has<T, stream_capabilities_op>::value)
      return T::stream_capabilities;
    return 0;
  }

  static constexpr std::uint64_t capabilities() {
    return (has<T, candles_op>::value ? TDK_CAP_HISTORY : 0) |
           (has<T, quotes_op>::value ? TDK_CAP_QUOTES : 0) |
           (has<T, search_op>::value ? TDK_CAP_SYMBOLS : 0) |
           (has<T, calendar_op>::value ? TDK_CAP_CALENDAR : 0) |
           (has<T, earliest_op>::value ? TDK_CAP_EARLIEST : 0) | stream_capabilities();
  }

  static tdk_provider make() {
    tdk_provider p{};
    p.struct_size = sizeof p;
    p.info = &info;
    if constexpr (has<T, candles_op>::value) p.fetch_candles = &fetch_candles;
    if constexpr (has<T, quotes_op>::value) p.fetch_quotes = &fetch_quotes;
    if constexpr (has<T, search_op>::value) p.search_symbols = &search_symbols;
    if constexpr (has<T, calendar_op>::value) p.fetch_calendar = &fetch_calendar;
    if constexpr (has<T, earliest_op>::value) p.earliest = &earliest;
    if constexpr (has<T, stream_op>::value) p.run_stream = &run_stream;
    return p;
  }

  static tdk_status TDK_CALL info(void *self, const tdk_provider_info_sink *sink, tdk_error *err) {
    return guard(err, [&] {
      tdk_provider_info i{};
      i.struct_size = sizeof i;
      i.capabilities = capabilities();
      if constexpr (has<T, info_op>::value) at(self).info(i);
      return sink->on_info(sink->ctx, &i);
    });
  }
  static tdk_status TDK_CALL fetch_candles(void *self, const tdk_candle_request *rq,
                                           const tdk_candle_sink *sink, const tdk_cancel *c,
                                           tdk_error *err) {
    return guard(err, [&] {
      Cancel cancel(c);
      cancel.check();
      CandleWriter w(sink, price_exp(), volume_exp(), static_cast<std::size_t>(rq->batch_hint));
      at(self).fetch_candles(CandleRequest(rq), w, cancel);
      w.flush();
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL fetch_quotes(void *self, const tdk_str *s, std::uint64_t n,
                                          const tdk_quote_sink *sink, const tdk_cancel *c,
                                          tdk_error *err) {
    return guard(err, [&] {
      at(self).fetch_quotes(span<const tdk_str>(s, static_cast<std::size_t>(n)), *sink, Cancel(c));
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL search_symbols(void *self, tdk_str q, std::uint64_t limit,
                                            const tdk_symbol_sink *sink, const tdk_cancel *c,
                                            tdk_error *err) {
    return guard(err, [&] {
      at(self).search_symbols(sv(q), limit, *sink, Cancel(c));
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL fetch_calendar(void *self, const tdk_range *r, tdk_str country,
                                            const tdk_calendar_sink *sink, const tdk_cancel *c,
                                            tdk_error *err) {
    return guard(err, [&] {
      at(self).fetch_calendar(*r, sv(country), *sink, Cancel(c));
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL earliest(void *self, const tdk_series *s, std::int64_t *out,
                                      const tdk_cancel *c, tdk_error *err) {
    return guard(err, [&] {
      *out = at(self).earliest(*s, Cancel(c));
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL run_stream(void *self, const tdk_stream_request *rq,
                                        const tdk_stream_sink *sink, const tdk_cancel *c,
                                        tdk_error *err) {
    return guard(err, [&] {
      at(self).run_stream(*rq, *sink, Cancel(c));
      return TDK_OK;
    });
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
