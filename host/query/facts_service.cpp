#include "query/facts_service.hpp"

#include <algorithm>

#include "base/cancel.hpp"
#include "base/text.hpp"
#include "query/facts_market.hpp"
#include "query/vendor_ask.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kStoreFor = 5 * kSecond;   // waited for the store, beside the answer
constexpr Nanos kSearchFor = 3 * kSecond;  // of each provider, where several are asked: somebody is typing
constexpr const char *kPrefix = "facts/";

template <class T>
bool is_sound(std::string_view bytes) {
  FactHead head;
  T fact{};
  return read_bytes(bytes, head, fact);
}

template <class T>
Fact<T> fact_of(const FactAnswer &answer) {
  if (answer.error) throw *answer.error;
  FactHead head;
  Fact<T> out;
  if (!read_bytes(answer.bytes, head, out.value)) throw Error(TDK_INTERNAL, "reading a fact: its bytes are not whole");
  out.source = head.source;
  out.fetched_at = head.fetched_at;
  out.cached = answer.cached;
  return out;
}

// A stock and an index may have one name, and different sources.
std::string written_of(const FactTarget &target) {
  return std::string(asset_class_name(target.asset_class)) + ":" + target.symbol;
}

// The vendor's own number, or its time: the same quote told twice is stored once.
Tick numbered(Tick tick, Nanos fetched_at) {
  const bool timed = tick.time > 0 && (tick.flags & TDK_QUOTE_HOST_TIME) == 0;
  if (tick.sequence == TDK_NULL_I64) tick.sequence = timed ? tick.time : fetched_at;
  return tick;
}

}  // namespace

FactsService::FactsService(Cache &cache, Clock &clock, Warn warn, FactTtl ttl)
    : answers_(cache), cache_(cache), clock_(clock), warn_(std::move(warn)), ttl_(ttl) {}

void FactsService::replace(const Config &config, QueryService::Pools &pools, FactsPorts ports,
                           std::shared_ptr<const void> keep) {
  auto market = std::make_shared<Market>(config, pools, std::move(ports), std::move(keep));
  {
    std::lock_guard lock(mutex_);
    market_.swap(market);
  }
  try {
    cache_.clear(kPrefix);
  } catch (const Error &e) {
    if (market) warn_(std::string("the cache keeps answers of the former configuration: ") + e.what());
  }
}

std::shared_ptr<FactsService::Market> FactsService::market() const {
  std::lock_guard lock(mutex_);
  if (!market_) throw Error(TDK_UNAVAILABLE, "no configuration is in force yet");
  return market_;
}

std::vector<std::string> FactsService::asked_providers(const Market &market, const std::string &provider) const {
  const auto &all = market.ports.providers;
  if (provider.empty()) return all;
  if (std::find(all.begin(), all.end(), provider) == all.end())
    throw Error(TDK_INVALID_ARGUMENT, "no provider '" + printable(provider, 60) + "' is configured; there are: " + join(all, ", "));
  return {provider};
}

void FactsService::keep_in_store(Market &market, const std::string &storage, const char *what,
                                 const std::function<void(Storage &)> &store) try {
  const auto pool = market.pools.find(storage);
  if (pool == market.pools.end()) return;
  const TimeLimit limit(nullptr, kStoreFor, clock_);
  store(*pool->second->lease(limit.raw()));
} catch (const Error &e) {
  if (e.code() != TDK_NOT_SUPPORTED) warn_(std::string(what) + " could not be stored: " + e.what());
}

void FactsService::store_quotes(Market &market, const std::string &storage, const FactHead &head,
                                const std::vector<QuoteRow> &rows) {
  CommitBatch batch;
  batch.source = head.source;
  for (const auto &row : rows) batch.ticks.push_back({row.symbol, {numbered(row.tick, head.fetched_at)}});
  keep_in_store(market, storage, "quotes", [&](Storage &store) {
    batch.source_version = market.ports.version_of(head.source);
    store.commit_batch(batch);
  });
}

namespace {

std::vector<QuoteRow> fetch_each(Provider &provider, const std::vector<std::string> &symbols, const tdk_cancel *cancel) {
  std::vector<QuoteRow> out;
  for (const auto &symbol : symbols) try {
      for (auto &row : provider.fetch_quotes({symbol}, cancel)) out.push_back(std::move(row));
    } catch (const Error &e) {
      if (e.code() != TDK_NOT_FOUND) throw;
    }
  return out;
}

// One call; where the vendor refuses all because of one that it does not know, a call for each.
std::vector<QuoteRow> fetch_rows(Provider &provider, const std::vector<std::string> &symbols, const tdk_cancel *cancel) try {
  return provider.fetch_quotes(symbols, cancel);
} catch (const Error &e) {
  if (e.code() != TDK_NOT_FOUND || symbols.size() < 2) throw;
  return fetch_each(provider, symbols, cancel);
}

// What is thrown becomes the error: nothing leaves a thread.
std::optional<Error> guarded(const std::function<std::optional<Error>()> &ask) try {
  return ask();
} catch (const Error &e) {
  return e;
} catch (const std::exception &e) {
  return Error(TDK_INTERNAL, e.what());
}

void raise_when_over(const tdk_cancel *cancel) {
  if (const tdk_status s = status_of(cancel); s != TDK_OK) throw Error(s, "asking vendors: gave up");
}

}  // namespace

// Fills in what one of `group`'s sources has, and takes those out of `open`; the error of the others.
std::optional<Error> FactsService::fetch_group(Market &market, const std::vector<FactTarget> &targets, const FactTarget &group,
                                               std::vector<std::size_t> &open, std::vector<FactAnswer> &out, const tdk_cancel *cancel) {
  return ask_in_turn(group.sources, clock_, cancel, [&](const std::string &source, const tdk_cancel *token) {
    std::vector<std::string> symbols;
    for (const std::size_t i : open) symbols.push_back(targets[i].symbol);
    auto rows = fetch_rows(*market.lease(source, token), symbols, token);
    const FactHead head{source, clock_.now_ns()};
    std::erase_if(rows, [&](const QuoteRow &r) { return std::find(symbols.begin(), symbols.end(), r.symbol) == symbols.end(); });
    std::erase_if(open, [&](std::size_t i) {
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const QuoteRow &r) { return r.symbol == targets[i].symbol; });
      if (row == rows.end()) return false;
      out[i].bytes = bytes_of(head, *row);
      return true;
    });
    if (!rows.empty()) store_quotes(market, group.storage, head, rows);
    if (!open.empty()) throw Error(TDK_NOT_FOUND, source + " has no quote of it now: it does not know it, or the market is closed");
    return true;
  });
}

std::vector<FactAnswer> FactsService::fetch_quotes(Market &market, const std::vector<FactTarget> &targets,
                                                   const tdk_cancel *cancel) {
  std::vector<FactAnswer> out(targets.size());
  std::map<std::pair<std::vector<std::string>, std::string>, std::vector<std::size_t>> by_sources;
  for (std::size_t i = 0; i < targets.size(); ++i) by_sources[{targets[i].sources, targets[i].storage}].push_back(i);
  std::vector<std::vector<std::size_t>> groups;
  for (auto &[sources, members] : by_sources) groups.push_back(std::move(members));
  all_at_once(groups.size(), [&](std::size_t n) {
    auto &open = groups[n];
    const FactTarget &first = targets[open.front()];
    const auto failed = guarded([&] { return fetch_group(market, targets, first, open, out, cancel); });
    for (const std::size_t i : open) out[i].error = failed;
  });
  raise_when_over(cancel);
  return out;
}

std::vector<QuoteAnswer> FactsService::quotes(const std::vector<std::string> &symbols, const tdk_cancel *cancel) {
  const auto market = this->market();
  std::vector<QuoteAnswer> out;
  std::map<std::string, FactTarget> targets;  // by key
  std::vector<std::string> keys;
  std::vector<std::size_t> places;
  for (const auto &asked : symbols) try {
      const FactTarget target = target_of(market->config, asked);
      out.push_back({target.symbol, std::nullopt, std::nullopt});
      keys.push_back(std::string(kPrefix) + "quote/" + written_of(target));
      places.push_back(out.size() - 1);
      targets.emplace(keys.back(), target);
    } catch (const Error &e) {
      out.push_back({asked, std::nullopt, e});
    }
  const auto fetch = [&](const std::vector<std::string> &wanted) {
    std::vector<FactTarget> of;
    for (const auto &key : wanted) of.push_back(targets.at(key));
    return fetch_quotes(*market, of, cancel);
  };
  const auto answers = answers_.get(keys, {ttl_.quote, fetch, &is_sound<QuoteRow>}, cancel);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    QuoteAnswer &to = out[places[i]];
    to.error = answers[i].error;
    if (to.error) continue;
    const auto row = fact_of<QuoteRow>(answers[i]);
    to.quote = Fact<Tick>{row.value.tick, row.source, row.fetched_at, row.cached};
  }
  return out;
}

SymbolsAnswer FactsService::symbols(const std::string &query, std::uint64_t limit, const std::string &provider,
                                    const tdk_cancel *cancel) {
  const auto market = this->market();
  const auto providers = asked_providers(*market, provider);
  std::vector<std::string> keys;
  for (const auto &p : providers) keys.push_back(kPrefix + ("symbols/" + p + "/") + std::to_string(limit) + "/" + query);
  const auto search = [&](const std::string &source, FactAnswer &answer) -> std::optional<Error> {
    const Nanos patience = providers.size() > 1 ? kSearchFor : kLastPatience;
    const TimeLimit limited(cancel, patience, clock_);
    try {
      auto rows = market->lease(source, limited.raw())->search_symbols(query, limit, limited.raw());
      if (rows.size() > limit) rows.resize(limit);
      const FactHead head{source, clock_.now_ns()};
      if (!rows.empty())
        keep_in_store(*market, storage_of(market->config, source), "symbols",
                      [&](Storage &store) { store.store_symbols(source, head.fetched_at, rows); });
      answer.bytes = bytes_of(head, rows);
      return std::nullopt;
    } catch (const Error &e) {
      return error_of(source, e, patience);
    }
  };
  const auto fetch = [&](const std::vector<std::string> &wanted) {
    std::vector<FactAnswer> out(wanted.size());
    all_at_once(wanted.size(), [&](std::size_t n) {
      const auto at = std::find(keys.begin(), keys.end(), wanted[n]) - keys.begin();
      out[n].error = guarded([&] { return search(providers[static_cast<std::size_t>(at)], out[n]); });
    });
    raise_when_over(cancel);
    return out;
  };
  SymbolsAnswer out;
  WorstError worst;
  const auto answers = answers_.get(keys, {ttl_.symbols, fetch, &is_sound<std::vector<SymbolInfo>>}, cancel);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].error) {
      out.found.push_back(fact_of<std::vector<SymbolInfo>>(answers[i]));
      continue;
    }
    out.errors.emplace_back(providers[i], *answers[i].error);
    worst.add(*answers[i].error);
  }
  if (out.found.empty()) throw worst.error().value_or(Error(TDK_NOT_SUPPORTED, "no provider is configured"));
  return out;
}

EarliestAnswer FactsService::earliest(const std::string &symbol, Interval interval, const tdk_cancel *cancel) {
  const auto market = this->market();
  const FactTarget target = target_of(market->config, symbol);
  const Series series{target.symbol, interval, target.price_type, TDK_ADJ_RAW};
  const auto ask = [&](FactAnswer &answer, const std::string &source, const tdk_cancel *token) {
    auto provider = market->lease(source, token);
    if ((provider->info().capabilities & TDK_CAP_EARLIEST) == 0)
      throw Error(TDK_NOT_SUPPORTED, source + ": where data begins is not supported by this provider");
    if (!provider->info().offers(interval))
      throw Error(TDK_NOT_SUPPORTED, source + ": " + interval.name() + " candles are not supported by this provider");
    const auto first = provider->earliest(series, token);
    if (!first) throw Error(TDK_NOT_FOUND, source + " has no first candle of " + series.name());
    answer.bytes = bytes_of({source, clock_.now_ns()}, *first);
    return true;
  };
  const auto fetch = [&](const std::vector<std::string> &) {
    FactAnswer answer;
    answer.error = ask_in_turn(target.sources, clock_, cancel, [&](const std::string &source, const tdk_cancel *token) {
      return ask(answer, source, token);
    });
    return std::vector<FactAnswer>{answer};
  };
  const std::string key = kPrefix + ("earliest/" + interval.name()) + "/" + std::to_string(series.price_type) + "/" + written_of(target);
  return {series, fact_of<Nanos>(answers_.get({key}, {ttl_.series, fetch, &is_sound<Nanos>}, cancel).front())};
}

EventsAnswer FactsService::events(TimeRange range, const std::string &country, const std::string &provider,
                                  const tdk_cancel *cancel) {
  using Events = std::vector<EconomicEvent>;
  const auto market = this->market();
  const auto providers = asked_providers(*market, provider);
  const auto fetch = [&](const std::vector<std::string> &) {
    FactAnswer answer;
    answer.error = ask_in_turn(providers, clock_, cancel, [&](const std::string &source, const tdk_cancel *token) {
      Events rows = market->lease(source, token)->fetch_calendar(range, country, token);
      std::stable_sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.time < b.time; });
      const FactHead head{source, clock_.now_ns()};
      if (!rows.empty())
        keep_in_store(*market, storage_of(market->config, source), "economic events",
                      [&](Storage &store) { store.store_events(source, head.fetched_at, rows); });
      answer.bytes = bytes_of(head, rows);
      return true;
    });
    return std::vector<FactAnswer>{answer};
  };
  const std::string key = kPrefix + ("events/" + provider + "/") + std::to_string(range.from) + "/" +
                          std::to_string(range.to) + "/" + country;
  const FactAnswer answer = answers_.get({key}, {ttl_.events, fetch, &is_sound<Events>}, cancel).front();
  if (!answer.error) return {fact_of<Events>(answer), std::nullopt};
  if (answer.error->code() == TDK_NOT_SUPPORTED) throw *answer.error;
  EventsAnswer stale;
  stale.stale = answer.error;
  const auto pool = market->pools.find(storage_of(market->config, provider));
  if (pool != market->pools.end()) try {
      stale.events.value = pool->second->lease(cancel)->query_events(range, country, cancel);
    } catch (const Error &e) {
      if (status_of(cancel) != TDK_OK) throw;
    }
  if (stale.events.value.empty()) throw *answer.error;  // nothing is known: not the same as no events
  stale.events.fetched_at = INT64_MAX;
  for (const auto &e : stale.events.value) stale.events.fetched_at = std::min(stale.events.fetched_at, e.fetched_at);
  stale.events.source = stale.events.value.front().source;
  return stale;
}

}  // namespace tapedeck
