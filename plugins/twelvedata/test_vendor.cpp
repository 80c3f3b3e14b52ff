#include "test_vendor.hpp"

#include "times.hpp"

#include <algorithm>

namespace twelvedata::test {
namespace {

std::int64_t time_of(const std::string &url, const std::string &name) {
  return parse_date_time(kit::test::parameter(url, name)).value_or(-1);
}

}  // namespace

Provider &Bench::provider() {
  if (!made) {
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : settings) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    made = std::make_unique<Provider>(tapedeck::Host(host.host()),
                                      tapedeck::Config(kv.data(), kv.size()));
  }
  return *made;
}

std::string row(const std::string &datetime, const std::string &prices_and_volume) {
  return "{\"datetime\":\"" + datetime + "\"," + prices_and_volume + "}";
}

std::string series_body(const std::vector<std::string> &rows, const std::string &interval,
                        const std::string &symbol) {
  std::string out =
      "{\"meta\":{\"symbol\":\"" + symbol + "\",\"interval\":\"" + interval + "\"},\"values\":[";
  for (const std::string &r : rows) out.append(out.back() == '[' ? "" : ",").append(r);
  return out + "],\"status\":\"ok\"}";
}

CandlesAsked asked(std::int64_t from_s, std::int64_t to_s, std::uint64_t limit,
                   std::uint32_t flags) {
  CandlesAsked out;
  out.symbol = "XAU/USD";
  out.interval = {TDK_UNIT_MINUTE, 15};
  out.from_ns = from_s * kSecondNs;
  out.to_ns = to_s * kSecondNs;
  out.limit = limit;
  out.flags = flags;
  out.price_type = TDK_PRICE_MID;
  return out;
}

Answer ScriptedVendor::operator()(const std::string &url) const {
  const bool dates = step_s == kDaySeconds;
  const std::int64_t from = time_of(url, "start_date");
  const std::int64_t to = time_of(url, "end_date") - (dates && !inclusive_dates ? 1 : 0);
  std::vector<std::string> rows;
  for (std::int64_t t = first_s; t <= now_s; t += step_s) {
    if (t < from || t > to || (t >= hole_from_s && t < hole_to_s)) continue;
    const std::string price = "\"" + std::to_string(t / step_s % 10'000) + ".5\"";
    std::string label = dates ? date_text(t + shift_s) : date_time_text(t + shift_s);
    if (!dates) label[10] = ' ';
    rows.push_back(row(label, "\"open\":" + price + ",\"high\":" + price + ",\"low\":" + price +
                                  ",\"close\":" + price));
  }
  const auto size =
      static_cast<std::ptrdiff_t>(std::stoll(kit::test::parameter(url, "outputsize")));
  if (std::ssize(rows) > size) rows.erase(rows.begin(), rows.end() - size);
  if (rows.empty())
    return {
        errors_as_200 ? 200 : 400,
        R"({"code":400,"message":"No data is available on the specified dates. Try setting different start/end dates.","status":"error"})",
        {},
        TDK_OK};
  if (kit::test::parameter(url, "order") != "asc") std::reverse(rows.begin(), rows.end());
  return {
      200, series_body(rows, dates ? "1day" : name, symbol), {{"api-credits-used", "1"}}, TDK_OK};
}

}  // namespace twelvedata::test
