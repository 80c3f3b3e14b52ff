// A stream of Binance as the host runs it, with the symbols that exchangeInfo lists.
#pragma once

#include "fake_host.hpp"

#include <string>
#include <vector>

namespace binance::test {

// A message of the stream of trades, raw.
std::string trade(int id, const std::string &symbol = "BTCUSDT");

class StreamRig : public kit::test::StreamScript {
 public:
  StreamRig();

  Streamed run(const std::vector<Wanted> &wanted, const tdk_cancel *cancel = nullptr);
  // Before run(). The provider is made for the first run, and kept.
  void set(const std::string &key, const std::string &value) { settings_.emplace_back(key, value); }

  FakeHost host;
  std::vector<std::pair<std::string, std::string>> listed;  // of exchangeInfo: base, status

 private:
  std::string exchange_info() const;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::unique_ptr<Provider> provider_;
};

}  // namespace binance::test
