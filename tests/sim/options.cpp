#include "sim/options.hpp"

#include <charconv>
#include <stdexcept>

#include <Poco/Net/IPAddress.h>

#include "sim/text.hpp"

namespace tapedeck::sim {
CsvSource parse_csv_source(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view names = text.substr(0, equals);
  const std::size_t first = names.find(':');
  const std::size_t last = names.rfind(':');
  if (equals == std::string_view::npos || first == std::string_view::npos || first == last ||
      equals + 1 == text.size())
    throw std::invalid_argument("--csv " + quoted(text) +
                                ": expected VENDOR:SYMBOL:INTERVAL=FILE, as "
                                "binance:BTCUSDT:1m=candles.csv.gz");
  CsvSource source;
  source.vendor = names.substr(0, first);
  source.symbol = names.substr(first + 1, last - first - 1);
  source.file = std::string(text.substr(equals + 1));
  const auto interval = find_interval(names.substr(last + 1));
  if (!interval || interval->is_month())
    throw std::invalid_argument("--csv " + quoted(text) + ": unknown interval " +
                                quoted(names.substr(last + 1)));
  source.interval = *interval;
  if (source.symbol.empty())
    throw std::invalid_argument("--csv " + quoted(text) + ": the symbol is empty");
  return source;
}

ReplaySource parse_replay_source(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
    throw std::invalid_argument("--replay " + quoted(text) +
                                ": expected VENDOR=FILE, as binance=stream.jsonl.gz");
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

VendorSetting parse_vendor_setting(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.substr(0, equals).find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot == 0 ||
      dot + 1 == equals)
    throw std::invalid_argument("--set " + quoted(text) +
                                ": expected VENDOR.NAME=VALUE, as polygon.plan=free");
  return {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1, equals - dot - 1)),
          std::string(text.substr(equals + 1))};
}

ListenAddress parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    throw std::invalid_argument("--listen " + quoted(text) + ": expected 127.0.0.1:PORT");
  ListenAddress address;
  address.host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || error != std::errc{} || end != port.data() + port.size())
    throw std::invalid_argument("--listen " + quoted(text) + ": the port must be 0 to 65535");
  if (address.host == "localhost") address.host = "127.0.0.1";
  if (address.host == "[::1]") address.host = "::1";
  Poco::Net::IPAddress ip;
  if (!Poco::Net::IPAddress::tryParse(address.host, ip) || !ip.isLoopback())
    throw std::invalid_argument("--listen " + quoted(text) +
                                ": the simulator listens on loopback addresses only");
  return address;
}

}  // namespace tapedeck::sim
