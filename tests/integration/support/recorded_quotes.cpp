#include "support/recorded_quotes.hpp"

#include <zlib.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "support/candle.hpp"
#include "support/recorded_csv.hpp"

namespace tapedeck::integration {
namespace {

constexpr std::string_view kHeader =
    "time_utc,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0;; line.remove_prefix(at + 1)) {
    at = line.find(',');
    out.push_back(line.substr(0, at));
    if (at == std::string_view::npos) return out;
  }
}

QuotePrices prices_of(const std::vector<std::string_view> &fields, std::size_t first) {
  QuotePrices out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = units_of(fields.at(first + i));
  return out;
}

}  // namespace

std::string QuoteRecording::vendor_symbol() const {
  std::string out = symbol;
  std::erase(out, '/');
  return out;
}

std::filesystem::path QuoteRecording::tick_file() const { return shared_folder() / ticks; }

QuoteRecording eur_usd_2014() {
  std::vector<std::string> days;
  for (const char *day : {"01", "02", "04", "05", "06", "07", "08", "09", "11", "12", "13", "14", "15"})
    days.push_back(std::string("2014-05-") + day);
  return {"EUR/USD",
          "data/fx_eurusd_lean/eurusd_oanda_tick_2014-05.csv.gz",
          "data/fx_eurusd_lean/eurusd_oanda_m1_quote_2014_2018.csv.gz",
          days,
          532'903,
          15'366};
}

QuoteRecording xau_usd_2014() {
  return {"XAU/USD",
          "data/xauusd_lean/xauusd_oanda_tick_2014-05-01_02_04.csv.gz",
          "data/xauusd_lean/xauusd_oanda_m1_quote_2014-05.csv.gz",
          {"2014-05-01", "2014-05-02", "2014-05-04"},
          404'648,
          2'752};
}

RecordedMinutes read_minutes(const QuoteRecording &recording) {
  const std::filesystem::path file = shared_folder() / recording.minutes;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), &gzclose);
  RecordedMinutes out;
  std::array<char, 512> buffer{};
  for (bool header = true; in && gzgets(in.get(), buffer.data(), buffer.size()) != nullptr; header = false) {
    std::string_view line(buffer.data());
    line = line.substr(0, line.find_first_of("\r\n"));
    if (header && line != kHeader) throw std::runtime_error(file.string() + ": not the columns of quote minutes");
    if (header || std::find(recording.days.begin(), recording.days.end(), line.substr(0, 10)) == recording.days.end())
      continue;
    const auto fields = fields_of(line);
    out.bid.emplace(fields[0], prices_of(fields, 1));
    out.ask.emplace(fields[0], prices_of(fields, 6));
  }
  if (out.bid.size() != recording.minute_count)
    throw std::runtime_error(file.string() + ": " + std::to_string(out.bid.size()) + " minutes on the days of the ticks");
  return out;
}

std::size_t count_differing(const QuoteMinutes &found, const QuoteMinutes &expected) {
  std::size_t differ = 0, equal = 0;
  for (const auto &[time, prices] : expected) {
    const auto at = found.find(time);
    if (at != found.end() && at->second == prices)
      ++equal;
    else if (++differ <= 5)
      std::cout << time << (at == found.end() ? " is missing\n" : " differs\n");
  }
  return differ + (found.size() - std::min(found.size(), equal + differ));
}

}  // namespace tapedeck::integration
