#include "app/plugin_skeleton.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace tapedeck {
namespace {

// @name@ and @Class@ are filled in.
constexpr const char *kSource = R"cpp(// Candles of one vendor, from GET {base_url}/candles?symbol=&from=&to=, which answers one line a candle:
// "open_ms,open,high,low,close,volume". Replace the request and the parsing by your vendor's.
#include <tapedeck/plugin.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace {

constexpr std::int64_t kMs = 1'000'000, kMinute = 60'000 * kMs, kPage = 1000;

std::string_view cut(std::string_view &text, char separator) {
  const auto n = std::min(text.find(separator), text.size());
  const auto head = text.substr(0, n);
  text.remove_prefix(std::min(n + 1, text.size()));
  return head;
}

class @Class@ {
 public:
  // What an operator may set; the host checks it, documents it, and keeps secrets out of logs.
  static constexpr tdk_option options[] = {
      tapedeck::option("base_url", TDK_OPT_STRING, "https://api.example.com", "where the vendor's API is"),
      tapedeck::option("api_key", TDK_OPT_STRING, "", "your key; empty: none", TDK_OPT_SECRET)};
  static constexpr tdk_descriptor descriptor =
      tapedeck::describe("@name@", "@name@", "0.1.0", tapedeck::provider_iids, options);

  @Class@(tapedeck::Host host, tapedeck::Config config)
      : host_(host), base_(config.get("base_url")), key_(config.get("api_key")) {}

  // What there is; no network here.
  void info(tdk_provider_info &out) {
    static constexpr tdk_interval kIntervals[] = {{TDK_UNIT_MINUTE, 1}};
    out.intervals = kIntervals;
    out.interval_count = 1;
    out.max_candles_per_call = kPage;
  }

  // Ascending, nothing outside the range, exact decimals from the vendor's text. The host retries, waits
  // for budgets and cuts long ranges; here is one question and its answer.
  void fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out, const tapedeck::Cancel &cancel) {
    if (rq.interval.unit != TDK_UNIT_MINUTE || rq.interval.count != 1)
      throw tapedeck::Error(TDK_NOT_SUPPORTED, "@name@ has candles of one minute only");
    if (rq.raw->series->price_type != TDK_PRICE_TRADE) throw tapedeck::Error(TDK_NOT_SUPPORTED, "@name@ has prices of trades only");
    const auto slots = static_cast<std::int64_t>(
        std::min<std::uint64_t>(rq.limit, static_cast<std::uint64_t>((rq.to - rq.from) / kMinute + 1)));
    const auto from = rq.newest ? std::max(rq.from, rq.to - slots * kMinute) : rq.from;
    const auto to = std::min(rq.to, from + slots * kMinute);
    for (auto page = from; page < to; page += kPage * kMinute)
      fetch_page(rq.symbol, page, std::min(to, page + kPage * kMinute), out, cancel);
  }

 private:
  void fetch_page(std::string_view symbol, std::int64_t from, std::int64_t to, tapedeck::CandleWriter &out,
                  const tapedeck::Cancel &cancel) {
    const tdk_kv headers[] = {{tapedeck::str("X-Key"), tapedeck::str(key_)}};
    const auto body = host_.get(base_ + "/candles?symbol=" + std::string(symbol) + "&from=" + std::to_string(from / kMs) +
                                    "&to=" + std::to_string(to / kMs),
                                cancel, {headers, key_.empty() ? 0u : 1u});
    for (std::string_view rest = body; !rest.empty();) push(cut(rest, '\n'), out);
  }

  static void push(std::string_view line, tapedeck::CandleWriter &out) {
    std::string_view field[6];
    for (auto &f : field) f = cut(line, ',');
    std::int64_t ms = 0;
    const auto end = field[0].data() + field[0].size();
    const auto read = std::from_chars(field[0].data(), end, ms);
    if (read.ec != std::errc() || read.ptr != end)
      throw tapedeck::Error(TDK_BAD_DATA, "reading a candle: no time: " + std::string(field[0].substr(0, 40)));
    out.push(ms * kMs, field[1], field[2], field[3], field[4], field[5]);
  }

  tapedeck::Host host_;
  std::string base_, key_;
};

}  // namespace

TDK_PLUGINS(@Class@)
)cpp";

constexpr const char *kCmakeOutside = R"cmake(cmake_minimum_required(VERSION 3.23)
project(@name@ LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
find_package(tapedeck-sdk 1 REQUIRED)
tapedeck_add_plugin(@name@ SOURCES plugin.cpp)
)cmake";

constexpr const char *kCmakeInside = R"cmake(tapedeck_add_plugin(@name@ SOURCES plugin.cpp LIBS tapedeck_warnings)
)cmake";

constexpr const char *kReadme = R"md(# @name@: candles of a vendor

A provider plugin for Tapedeck, as `tapedeck plugins new` made it. It works against a vendor that answers
`GET {base_url}/candles?symbol=BTC/USDT&from=MS&to=MS` with lines `open_ms,open,high,low,close,volume`; put the real
vendor's request and answer into `plugin.cpp`.

    tapedeck plugins check @name@.so        # what the host will check before it loads it
    tapedeck plugins describe @name@        # with TAPEDECK_PLUGIN_PATH naming the folder of the .so

| option | meaning |
|---|---|
| `base_url` | where the vendor's API is |
| `api_key` | sent as `X-Key`; kept out of logs |

PLUGIN_GUIDE.md of Tapedeck says what else a provider may offer (quotes, streams, symbols, an economic calendar), and
how to test it without a network.
)md";

std::string filled(std::string text, const std::string &mark, const std::string &value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
  return text;
}

// "acme-markets" -> "AcmeMarkets".
std::string class_name(const std::string &name) {
  std::string out;
  bool upper = true;
  for (const char c : name) {
    if (c != '-') out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    upper = c == '-';
  }
  return out;
}

}  // namespace

std::optional<std::string> plugin_name_problem(const std::string &name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '-'; };
  const bool good = name.size() >= 3 && name.size() <= 40 && lower(name.front()) && name.back() != '-' &&
                    std::all_of(name.begin(), name.end(), allowed);
  if (good) return std::nullopt;
  return "'" + printable(name, 60) + "' cannot be the name of a plugin; the folder's name is its id: 3 to 40 lower-case letters, digits "
         "and '-', a letter first";
}

std::vector<SkeletonFile> plugin_skeleton(const std::string &name, bool in_tree) {
  std::vector<SkeletonFile> out = {{"CMakeLists.txt", in_tree ? kCmakeInside : kCmakeOutside}, {"README.md", kReadme}, {"plugin.cpp", kSource}};
  for (auto &file : out) file.text = filled(filled(std::move(file.text), "@name@", name), "@Class@", class_name(name));
  return out;
}

}  // namespace tapedeck
