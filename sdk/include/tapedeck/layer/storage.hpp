// From a class with commit() and query() to the storage's table.
#pragma once

#include <tapedeck/layer/provider.hpp>

namespace tapedeck {
inline namespace v1 {

// An array of growing structs as a caller lent it.
template <class T>
struct Rows {
  const T *first = nullptr;
  std::uint64_t count = 0, stride = 0;
  const T &operator[](std::uint64_t i) const { return detail::at(first, i, stride); }
};

namespace detail {

TDK_DETECT(commit, commit(std::declval<const tdk_commit &>(), std::declval<tdk_commit_result &>()));
TDK_DETECT(query, query(std::declval<const tdk_candle_request &>(),
                        std::declval<const tdk_candle_sink &>(), std::declval<const Cancel &>()));
TDK_DETECT(coverage, coverage(std::declval<const tdk_series &>(), std::declval<const tdk_range &>(),
                              std::declval<const tdk_coverage_sink &>(),
                              std::declval<const Cancel &>()));
TDK_DETECT(list_series, list_series(std::declval<const tdk_series_sink &>(),
                                    std::declval<const Cancel &>()));
TDK_DETECT(revisions, revisions(std::declval<const tdk_series &>(), std::declval<const tdk_range &>(),
                                std::declval<const tdk_revision_sink &>(),
                                std::declval<const Cancel &>()));
TDK_DETECT(remove_before, remove_before(std::declval<const tdk_series &>(), std::int64_t{},
                                        std::declval<const Cancel &>()));
TDK_DETECT(commit_batch, commit_batch(std::declval<const tdk_commit_batch &>(),
                                      std::declval<tdk_commit_result &>()));
TDK_DETECT(query_quotes, query_quotes(std::declval<const tdk_quote_request &>(),
                                      std::declval<const tdk_quote_sink &>(),
                                      std::declval<const Cancel &>()));
TDK_DETECT(store_symbols, store_symbols(std::string_view{}, std::int64_t{},
                                        std::declval<const Rows<tdk_symbol> &>()));
TDK_DETECT(query_symbols, query_symbols(std::declval<const tdk_symbol_request &>(),
                                        std::declval<const tdk_symbol_sink &>(),
                                        std::declval<const Cancel &>()));
TDK_DETECT(store_events, store_events(std::string_view{}, std::int64_t{},
                                      std::declval<const Rows<tdk_calendar_event> &>()));
TDK_DETECT(query_events, query_events(std::declval<const tdk_event_request &>(),
                                      std::declval<const tdk_calendar_sink &>(),
                                      std::declval<const Cancel &>()));

template <class T>
struct StorageTable {
  static constexpr bool offered = has<T, commit_op>::value && has<T, query_op>::value;

  static const tdk_storage *get() {
    static const tdk_storage table = make();
    return &table;
  }

 private:
  static T &at(void *self) { return *static_cast<T *>(self); }

  static tdk_storage make() {
    tdk_storage s{};
    s.struct_size = sizeof s;
    if constexpr (has<T, commit_op>::value)
      s.commit = [](void *self, const tdk_commit *c, tdk_commit_result *out,
                    tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).commit(*c, *out);
          return TDK_OK;
        });
      };
    if constexpr (has<T, query_op>::value)
      s.query = [](void *self, const tdk_candle_request *rq, const tdk_candle_sink *sink,
                   const tdk_cancel *c, tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).query(*rq, *sink, Cancel(c));
          return TDK_OK;
        });
      };
    if constexpr (has<T, coverage_op>::value)
      s.coverage = [](void *self, const tdk_series *se, const tdk_range *r,
                      const tdk_coverage_sink *sink, const tdk_cancel *c,
                      tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).coverage(*se, *r, *sink, Cancel(c));
          return TDK_OK;
        });
      };
    if constexpr (has<T, list_series_op>::value)
      s.list_series = [](void *self, const tdk_series_sink *sink, const tdk_cancel *c,
                         tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).list_series(*sink, Cancel(c));
          return TDK_OK;
        });
      };
    if constexpr (has<T, revisions_op>::value)
      s.revisions = [](void *self, const tdk_series *se, const tdk_range *r,
                       const tdk_revision_sink *sink, const tdk_cancel *c,
                       tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).revisions(*se, *r, *sink, Cancel(c));
          return TDK_OK;
        });
      };
    if constexpr (has<T, remove_before_op>::value)
      s.remove_before = [](void *self, const tdk_series *se, std::int64_t before,
                           std::uint64_t *removed, const tdk_cancel *c,
                           tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          *removed = at(self).remove_before(*se, before, Cancel(c));
          return TDK_OK;
        });
      };
    if constexpr (has<T, commit_batch_op>::value)
      s.commit_batch = [](void *self, const tdk_commit_batch *b, tdk_commit_result *out,
                          tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).commit_batch(*b, *out);
          return TDK_OK;
        });
      };
    if constexpr (has<T, query_quotes_op>::value)
      s.query_quotes = [](void *self, const tdk_quote_request *rq, const tdk_quote_sink *sink,
                          const tdk_cancel *c, tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).query_quotes(*rq, *sink, Cancel(c));
          return TDK_OK;
        });
      };
    add_facts(s);
    return s;
  }

  static void add_facts(tdk_storage &s) {
    if constexpr (has<T, store_symbols_op>::value)
      s.store_symbols = [](void *self, tdk_str source, std::int64_t at_ns, const tdk_symbol *first,
                           std::uint64_t n, std::uint64_t stride, tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).store_symbols(sv(source), at_ns, Rows<tdk_symbol>{first, n, stride});
          return TDK_OK;
        });
      };
    if constexpr (has<T, query_symbols_op>::value)
      s.query_symbols = [](void *self, const tdk_symbol_request *rq, const tdk_symbol_sink *sink,
                           const tdk_cancel *c, tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).query_symbols(*rq, *sink, Cancel(c));
          return TDK_OK;
        });
      };
    if constexpr (has<T, store_events_op>::value)
      s.store_events = [](void *self, tdk_str source, std::int64_t at_ns,
                          const tdk_calendar_event *first, std::uint64_t n, std::uint64_t stride,
                          tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).store_events(sv(source), at_ns, Rows<tdk_calendar_event>{first, n, stride});
          return TDK_OK;
        });
      };
    if constexpr (has<T, query_events_op>::value)
      s.query_events = [](void *self, const tdk_event_request *rq, const tdk_calendar_sink *sink,
                          const tdk_cancel *c, tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).query_events(*rq, *sink, Cancel(c));
          return TDK_OK;
        });
      };
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
