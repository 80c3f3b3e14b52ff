// The configuration that the measured programs run with.
#pragma once

#include <fstream>
#include <string>

namespace tapedeck::bench {

// The quickstart's pipeline, with budgets so wide that the plugin never waits: its limits are the
// vendor's, and the simulator was told to have none. `intervals` and `symbols` as in YAML lists.
inline std::string bench_config(const std::string &url, const std::string &db,
                                const std::string &symbols = "BTC/USDT, ETH/USDT",
                                const std::string &listen = "127.0.0.1:0") {
  return "version: 1\n"
         "plugins:\n"
         "  binance:\n"
         "    module: binance\n"
         "    options: { base_url: \"" + url + "\", weight_limit: 1000000000, request_limit: 1000000000 }\n"
         "  store:\n"
         "    module: sqlite\n"
         "    options: { path: \"" + db + "\" }\n"
         "api: { listen: \"" + listen + "\" }\n"
         "pipelines:\n"
         "  - name: bench\n"
         "    symbols: [" + symbols + "]\n"
         "    intervals: [1m]\n"
         "    calendar: 24x7\n"
         "    sources: [binance]\n"
         "    storage: store\n"
         "    backfill: { since: 2y, parallel: 4 }\n";
}

inline void write_file(const std::string &file, const std::string &text) {
  std::ofstream(file) << text;
}

}  // namespace tapedeck::bench
