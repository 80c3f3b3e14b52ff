// What a FactsService asks and stores into, as long as one configuration is in force. Used by its parts only.
#pragma once

#include <tapedeck/layer/core.hpp>

#include "query/facts_service.hpp"

namespace tapedeck {

struct FactsService::Market {
  static constexpr std::size_t kInstances = 2;  // of each provider
  Market(const Config &c, QueryService::Pools &p, FactsPorts f, std::shared_ptr<const void> k)
      : keep(std::move(k)), config(c), pools(p), ports(std::move(f)) {
    for (const auto &name : ports.providers)
      providers.emplace(name, std::make_unique<ProviderPool>([this, name] { return ports.open_provider(name); }, kInstances));
  }
  ProviderPool::Lease lease(const std::string &source, const tdk_cancel *cancel) {
    const auto it = providers.find(source);
    if (it == providers.end()) throw Error(TDK_INTERNAL, "the provider '" + source + "' is not configured");
    return it->second->lease(cancel);
  }
  std::shared_ptr<const void> keep;  // goes last
  const Config &config;
  QueryService::Pools &pools;
  FactsPorts ports;
  std::map<std::string, std::unique_ptr<ProviderPool>> providers;
};

}  // namespace tapedeck
