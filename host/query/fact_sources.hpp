// Who is asked about a symbol, and in which store the answer is kept.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace tapedeck {

struct FactTarget {
  std::string symbol;                // canonical
  AssetClass asset_class = AssetClass::Stock;
  std::uint32_t price_type = TDK_PRICE_TRADE;  // that its candles have here, or would have
  std::vector<std::string> sources;  // plugin names, the preferred one first
  std::string storage;
};

// `asked` in any notation. A symbol of a pipeline has the pipeline's sources; another one those of the pipelines
// with symbols of its asset class.
// Throws SeriesNotFound when nobody here can know it, TDK_INVALID_ARGUMENT when it may mean several things.
FactTarget target_of(const Config &config, const std::string &asked);

// The store of the first pipeline that uses the source; without one, of the first pipeline. Empty: no pipelines.
std::string storage_of(const Config &config, const std::string &source);

}  // namespace tapedeck
