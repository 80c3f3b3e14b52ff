// A provider in 60 lines: history from an HTTP API that answers one CSV line a candle,
// "open_ms,open,high,low,close,volume".
#include <tapedeck/plugin.hpp>

#include <charconv>

namespace {

constexpr std::int64_t kMinute = 60'000'000'000, kMs = 1'000'000;

std::string_view cut(std::string_view &text, char separator) {
  const auto n = std::min(text.find(separator), text.size());
  const auto head = text.substr(0, n);
  text.remove_prefix(std::min(n + 1, text.size()));
  return head;
}

class CsvHistory {
 public:
  static constexpr tdk_option options[] = {
      tapedeck::option("base_url", TDK_OPT_STRING, "https://api.example.com", "where the API is"),
      tapedeck::option("api_key", TDK_OPT_STRING, nullptr, "your key",
                       TDK_OPT_REQUIRED | TDK_OPT_SECRET)};
  static constexpr tdk_descriptor descriptor = tapedeck::describe(
      "com.example.csv", "CSV history", "1.0.0", tapedeck::provider_iids, options);

  CsvHistory(tapedeck::Host host, tapedeck::Config config)
      : host_(host), base_(config.get("base_url")), key_(config.get("api_key")) {}

  void info(tdk_provider_info &out) {
    static constexpr tdk_interval kMinutes[] = {{TDK_UNIT_MINUTE, 1}};
    out.intervals = kMinutes;
    out.interval_count = 1;
    out.max_candles_per_call = kPage;
  }

  void fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                     const tapedeck::Cancel &cancel) {
    if (rq.interval.unit != TDK_UNIT_MINUTE || rq.interval.count != 1)
      throw tapedeck::Error(TDK_NOT_SUPPORTED, "minutes only");
    const auto wanted = static_cast<std::int64_t>(std::min<std::uint64_t>(
        rq.limit, static_cast<std::uint64_t>((rq.to - rq.from) / kMinute + 1)));
    const auto from = rq.newest ? std::max(rq.from, rq.to - wanted * kMinute) : rq.from;
    const auto to = std::min(rq.to, from + wanted * kMinute);
    for (auto page = from; page < to; page += kPage * kMinute)
      fetch_page(rq.symbol, page, std::min(to, page + kPage * kMinute), out, cancel);
  }

 private:
  static constexpr int kPage = 1000;

  void fetch_page(std::string_view symbol, std::int64_t from, std::int64_t to,
                  tapedeck::CandleWriter &out, const tapedeck::Cancel &cancel) {
    const tdk_kv headers[] = {{tapedeck::str("X-Key"), tapedeck::str(key_)}};
    const auto body = host_.get(base_ + "/candles?symbol=" + std::string(symbol) + "&from=" +
                                    std::to_string(from / kMs) + "&to=" + std::to_string(to / kMs),
                                cancel, {headers, 1});
    for (std::string_view rest = body; !rest.empty();) push(cut(rest, '\n'), out);
  }

  static void push(std::string_view line, tapedeck::CandleWriter &out) {
    std::string_view field[6];
    for (auto &f : field) f = cut(line, ',');
    std::int64_t ms = 0;
    if (std::from_chars(field[0].data(), field[0].data() + field[0].size(), ms).ec != std::errc())
      throw tapedeck::Error(TDK_BAD_DATA, "bad time: " + std::string(field[0].substr(0, 40)));
    out.push(ms * kMs, field[1], field[2], field[3], field[4], field[5]);
  }

  tapedeck::Host host_;
  std::string base_, key_;
};

}  // namespace

TDK_PLUGINS(CsvHistory)
