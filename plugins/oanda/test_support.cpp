#include "test_support.hpp"

#include "times.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace oanda::test {
namespace {

std::string instrument(const std::string &name, const std::string &type, const std::string &shown,
                       int decimals) {
  return R"({"name":")" + name + R"(","type":")" + type + R"(","displayName":")" + shown +
         R"(","pipLocation":-4,"displayPrecision":)" + std::to_string(decimals) +
         R"(,"marginRate":"0.04","somethingNew":{"a":[1]}})";
}

}  // namespace

std::filesystem::path fixtures() {
  const char *shared = std::getenv("TAPEDECK_SHARED");
  return std::filesystem::path(shared ? shared : TAPEDECK_SHARED_DEFAULT) / "fixtures" / "oanda";
}

std::string read_file(const std::filesystem::path &file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::int64_t at(const std::string &time) {
  const auto ns = parse_time(time);
  EXPECT_TRUE(ns) << time;
  return ns.value_or(0);
}

std::string candles_body(const std::vector<std::int64_t> &opens_ns, bool last_forming) {
  std::string out = R"({"instrument":"EUR/USD","granularity":"M1","candles":[)";
  for (const std::int64_t open : opens_ns) {
    const bool forming = last_forming && open == opens_ns.back();
    out.append(out.back() == '[' ? "" : ",")
        .append(R"({"complete":)")
        .append(forming ? "false" : "true")
        .append(R"(,"volume":7,"time":")")
        .append(format_time(open))
        .append(R"(","bid":{"o":"1.10001","h":"1.10004","l":"1.10000","c":"1.10002"},)")
        .append(R"("mid":{"o":"1.10006","h":"1.10009","l":"1.10005","c":"1.10007"},)")
        .append(R"("ask":{"o":"1.10011","h":"1.10014","l":"1.10010","c":"1.10012"}})");
  }
  return out + "]}";
}

std::string error_body(const std::string &message) {
  return R"({"errorMessage":")" + message + "\"}";
}

std::string instruments_body() {
  return R"({"instruments":[)" + instrument("EUR_USD", "CURRENCY", "EUR/USD", 5) + "," +
         instrument("USD_JPY", "CURRENCY", "USD/JPY", 3) + "," +
         instrument("XAU_USD", "METAL", "Gold", 3) + "," +
         instrument("DE30_EUR", "CFD", "Germany 40", 1) + "," +
         instrument("SPX500_USD", "CFD", "US SPX 500", 1) + "," +
         instrument("BCO_USD", "CFD", "Brent Crude Oil", 3) + R"(],"lastTransactionID":"1"})";
}

std::string price_line(const std::string &name, const std::string &bid, const std::string &ask,
                       const std::string &more) {
  return R"({"type":"PRICE","time":"2023-11-14T22:13:20.123456789Z","bids":[{"price":")" + bid +
         R"(","liquidity":1000000}],"asks":[{"price":")" + ask +
         R"(","liquidity":2000000}],"closeoutBid":"0.5","closeoutAsk":"9.5","instrument":")" + name +
         "\"," + more + "}";
}

Rig::Rig() {
  answer = [](const std::string &) { return Answer{404, "", {}, TDK_OK}; };
  host.answer = [this](const std::string &url) {
    if (url.ends_with("/v3/accounts")) return Answer{200, kAccounts, {}, TDK_OK};
    if (url.ends_with("/instruments")) return Answer{200, instruments_body(), {}, TDK_OK};
    return answer(url);
  };
}

Provider &Rig::provider() {
  if (!provider_) {
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : settings) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    provider_ = std::make_unique<Provider>(tapedeck::Host(host.host()),
                                           tapedeck::Config(kv.data(), kv.size()));
  }
  return *provider_;
}

std::string Rig::path(std::size_t request) const {
  const std::string &url = host.requests.at(request).url;
  const std::size_t begin = url.find("/v3");
  return url.substr(begin, url.find('?') - begin);
}

}  // namespace oanda::test
