#include "plugins/storage_plugin.hpp"

#include "plugins/array_sink.hpp"
#include "plugins/fact_intake.hpp"
#include "plugins/inline_call.hpp"
#include "plugins/intake.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {
namespace {

template <class Body>
tdk_status call(PluginInstance &instance, const char *function, const tdk_cancel *cancel,
                Body body) {
  return call_inline(instance, function, cancel, std::move(body));
}

// What is wrong with a quote that a storage handed back, NULL: nothing. `before`: the one before it.
const char *problem_of(const tdk_quote &q, const tdk_quote &before, const tdk_quote_request &rq) {
  const bool trades = (rq.flags & TDK_QUOTES_TRADES) != 0;
  if (((q.flags & TDK_QUOTE_TRADE) != 0) != trades) return "a quote of the kind not asked for";
  if (q.time < rq.range.from || q.time >= rq.range.to)
    return "a quote's time is outside the range asked for";
  if (q.time < before.time || (q.time == before.time && q.sequence < before.sequence))
    return "the quotes are not in order";
  return nullptr;
}

tdk_storage table_of(PluginInstance &instance) {
  const void *table = instance.interface(TDK_IID_STORAGE);
  if (table == nullptr)
    throw Error(TDK_NOT_SUPPORTED, instance.name() + ": offers no " TDK_IID_STORAGE);
  return complete_storage(table);
}

}  // namespace

StoragePlugin::StoragePlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)), table_(table_of(*instance_)) {}

tdk_commit_result StoragePlugin::commit(const tdk_commit &commit) {
  tdk_commit_result result{};
  result.struct_size = sizeof result;
  call(*instance_, "commit", nullptr, [&](auto &, tdk_error *error) {
    return table_.commit(instance_->self(), &commit, &result, error);
  });
  return result;
}

tdk_commit_result StoragePlugin::commit_batch(const tdk_commit_batch &batch) {
  tdk_commit_result result{};
  result.struct_size = sizeof result;
  call(*instance_, "commit_batch", nullptr, [&](auto &, tdk_error *error) {
    return table_.commit_batch(instance_->self(), &batch, &result, error);
  });
  return result;
}

tdk_status StoragePlugin::query(const tdk_candle_request &request,
                                const Sink<tdk_candle_batch> &sink, const tdk_cancel *cancel) {
  return call(*instance_, "query", cancel, [&](auto &self, tdk_error *error) {
    struct Context {
      std::remove_reference_t<decltype(self)> &call;
      BatchIntake intake;
      const Sink<tdk_candle_batch> &sink;
    } context{self, BatchIntake(request.range, request.limit, BatchIntake::Prices::AsStored), sink};
    const tdk_candle_sink raw{sizeof raw, 0, &context,
                              [](void *p, const tdk_candle_batch *batch) -> tdk_status {
                                auto &c = *static_cast<Context *>(p);
                                return c.call.offer([&]() -> tdk_status {
                                  if (const char *why = c.intake.check(batch))
                                    return c.call.refuse(why);
                                  return c.sink(*batch);
                                });
                              }};
    return table_.query(instance_->self(), &request, &raw, self.token(), error);
  });
}

tdk_status StoragePlugin::coverage(const tdk_series &series, tdk_range range,
                                   const Sink<tdk_coverage> &sink, const tdk_cancel *cancel) {
  return call(*instance_, "coverage", cancel, [&](auto &self, tdk_error *error) {
    using Array = ArraySink<tdk_coverage, std::remove_reference_t<decltype(self)>>;
    Array array{self, sink, TAPEDECK_SIZE_TO(tdk_coverage, reason)};
    const tdk_coverage_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.coverage(instance_->self(), &series, &range, &raw, self.token(), error);
  });
}

tdk_status StoragePlugin::list_series(const Sink<tdk_series_stat> &sink, const tdk_cancel *cancel) {
  return call(*instance_, "list_series", cancel, [&](auto &self, tdk_error *error) {
    using Array = ArraySink<tdk_series_stat, std::remove_reference_t<decltype(self)>>;
    Array array{self, sink, TAPEDECK_SIZE_TO(tdk_series_stat, revisions)};
    const tdk_series_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.list_series(instance_->self(), &raw, self.token(), error);
  });
}

tdk_status StoragePlugin::revisions(const tdk_series &series, tdk_range range,
                                    const Sink<tdk_revision> &sink, const tdk_cancel *cancel) {
  return call(*instance_, "revisions", cancel, [&](auto &self, tdk_error *error) {
    using Array = ArraySink<tdk_revision, std::remove_reference_t<decltype(self)>>;
    Array array{self, sink, TAPEDECK_SIZE_TO(tdk_revision, replaced_at)};
    const tdk_revision_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.revisions(instance_->self(), &series, &range, &raw, self.token(), error);
  });
}

tdk_status StoragePlugin::query_quotes(const tdk_quote_request &request,
                                       const Sink<tdk_quote> &sink, const tdk_cancel *cancel) {
  return call(*instance_, "query_quotes", cancel, [&](auto &self, tdk_error *error) {
    tdk_quote before{};
    before.time = before.sequence = INT64_MIN;
    const Sink<tdk_quote> checked = [&](const tdk_quote &q) {
      if (const char *why = problem_of(q, before, request)) return self.refuse(why);
      before = q;
      return sink(q);
    };
    using Array = ArraySink<tdk_quote, std::remove_reference_t<decltype(self)>>;
    Array array{self, checked, TAPEDECK_SIZE_TO(tdk_quote, trades)};
    const tdk_quote_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.query_quotes(instance_->self(), &request, &raw, self.token(), error);
  });
}

void StoragePlugin::store_symbols(tdk_str source, std::int64_t fetched_at,
                                  std::span<const tdk_symbol> rows) {
  call(*instance_, "store_symbols", nullptr, [&](auto &, tdk_error *error) {
    return table_.store_symbols(instance_->self(), source, fetched_at, rows.data(), rows.size(),
                                sizeof(tdk_symbol), error);
  });
}

void StoragePlugin::store_events(tdk_str source, std::int64_t fetched_at,
                                 std::span<const tdk_calendar_event> rows) {
  call(*instance_, "store_events", nullptr, [&](auto &, tdk_error *error) {
    return table_.store_events(instance_->self(), source, fetched_at, rows.data(), rows.size(),
                               sizeof(tdk_calendar_event), error);
  });
}

tdk_status StoragePlugin::query_symbols(const tdk_symbol_request &request,
                                        const Sink<tdk_symbol> &sink, const tdk_cancel *cancel) {
  return call(*instance_, "query_symbols", cancel, [&](auto &self, tdk_error *error) {
    const Sink<tdk_symbol> checked = [&](const tdk_symbol &s) {
      return is_sound(s) ? sink(s) : self.refuse("a symbol whose texts or exponent cannot be used");
    };
    using Array = ArraySink<tdk_symbol, std::remove_reference_t<decltype(self)>>;
    Array array{self, checked, TAPEDECK_SIZE_TO(tdk_symbol, fetched_at)};
    const tdk_symbol_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.query_symbols(instance_->self(), &request, &raw, self.token(), error);
  });
}

tdk_status StoragePlugin::query_events(const tdk_event_request &request,
                                       const Sink<tdk_calendar_event> &sink,
                                       const tdk_cancel *cancel) {
  return call(*instance_, "query_events", cancel, [&](auto &self, tdk_error *error) {
    const Sink<tdk_calendar_event> checked = [&](const tdk_calendar_event &e) {
      if (e.time < request.range.from || e.time >= request.range.to)
        return self.refuse("an event's time is outside the range asked for");
      return is_sound(e) ? sink(e) : self.refuse("an event whose texts or decimals cannot be used");
    };
    using Array = ArraySink<tdk_calendar_event, std::remove_reference_t<decltype(self)>>;
    Array array{self, checked, TAPEDECK_SIZE_TO(tdk_calendar_event, fetched_at)};
    const tdk_calendar_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.query_events(instance_->self(), &request, &raw, self.token(), error);
  });
}

std::uint64_t StoragePlugin::remove_before(const tdk_series &series, std::int64_t before,
                                           const tdk_cancel *cancel) {
  std::uint64_t removed = 0;
  const auto status = call(*instance_, "remove_before", cancel, [&](auto &self, tdk_error *error) {
    return table_.remove_before(instance_->self(), &series, before, &removed, self.token(), error);
  });
  if (status != TDK_OK)
    throw Error(TDK_CANCELLED, instance_->name() + ": remove_before: cancelled");
  return removed;
}

}  // namespace tapedeck
