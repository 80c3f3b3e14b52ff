// One class a function of a provider: everything the plugin can reach during the call, and what it
// handed over. Used by ProviderPlugin only.
#pragma once

#include <algorithm>
#include <utility>

#include "plugins/foreign_array.hpp"
#include "plugins/intake.hpp"
#include "plugins/provider_plugin.hpp"

namespace tapedeck {

class ProviderCall : public PluginCall {
 public:
  ProviderCall(const char *function, const PluginInstance &instance, const ProviderTable &table,
               const tdk_cancel *cancel)
      : PluginCall(function, cancel), self_(instance.self()), table_(table) {}

 protected:
  const tdk_provider &plugin() const { return table_.calls; }
  void *self() const { return self_; }

 private:
  void *self_;
  ProviderTable table_;
};

class InfoCall final : public ProviderCall {
 public:
  InfoCall(const PluginInstance &instance, const ProviderTable &table)
      : ProviderCall("info", instance, table, nullptr) {}
  PluginProviderInfo info;

 private:
  tdk_status run(tdk_error *error) override;
  tdk_status take(const tdk_provider_info *raw);
};

class CandlesCall final : public ProviderCall {
 public:
  CandlesCall(const PluginInstance &instance, const ProviderTable &table,
              const PluginCandleQuery &query, const CandleSink &sink, const tdk_cancel *cancel)
      : ProviderCall("fetch_candles", instance, table, cancel),
        query_(query),
        intake_({query.range.from, query.range.to}, query.limit),
        sink_(sink) {}

 private:
  tdk_status run(tdk_error *error) override;
  static tdk_status take(void *context, const tdk_candle_batch *batch);

  PluginCandleQuery query_;
  BatchIntake intake_;
  const CandleSink &sink_;  // the caller's: used inside offer() only
};

class QuotesCall final : public ProviderCall {
 public:
  QuotesCall(const PluginInstance &instance, const ProviderTable &table,
             std::vector<std::string> symbols, const tdk_cancel *cancel)
      : ProviderCall("fetch_quotes", instance, table, cancel), symbols_(std::move(symbols)) {}
  std::vector<PluginQuote> quotes;

 private:
  tdk_status run(tdk_error *error) override;
  tdk_status take(const tdk_quote *first, std::uint64_t count, std::uint64_t stride);
  std::vector<std::string> symbols_;
};

class SearchCall final : public ProviderCall {
 public:
  SearchCall(const PluginInstance &instance, const ProviderTable &table, std::string query,
             std::uint64_t limit, const tdk_cancel *cancel)
      : ProviderCall("search_symbols", instance, table, cancel),
        query_(std::move(query)),
        limit_(limit) {}
  std::vector<PluginSymbol> symbols;

 private:
  tdk_status run(tdk_error *error) override;
  tdk_status take(const tdk_symbol *first, std::uint64_t count, std::uint64_t stride);
  std::string query_;
  std::uint64_t limit_;
};

class CalendarCall final : public ProviderCall {
 public:
  CalendarCall(const PluginInstance &instance, const ProviderTable &table, tdk_range range, std::string country,
               const tdk_cancel *cancel)
      : ProviderCall("fetch_calendar", instance, table, cancel), range_(range), country_(std::move(country)) {}
  std::vector<PluginEvent> events;

 private:
  tdk_status run(tdk_error *error) override;
  tdk_status take(const tdk_calendar_event *first, std::uint64_t count, std::uint64_t stride);
  tdk_range range_;
  std::string country_;
};

class EarliestCall final : public ProviderCall {
 public:
  EarliestCall(const PluginInstance &instance, const ProviderTable &table, Series series,
               const tdk_cancel *cancel)
      : ProviderCall("earliest", instance, table, cancel), series_(std::move(series)) {}
  std::int64_t earliest = TDK_NULL_I64;

 private:
  tdk_status run(tdk_error *error) override {
    const tdk_series series = series_.abi();
    return plugin().earliest(self(), &series, &earliest, token(), error);
  }
  Series series_;
};

}  // namespace tapedeck
