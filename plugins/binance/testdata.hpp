// Answers in the vendor's form, written by ourselves after its documents, for tests and benchmarks.
#pragma once

#include <cstdint>
#include <string>

namespace binance::testdata {

inline std::string with_8_decimals(std::int64_t hundred_millionths) {
  const std::string whole = std::to_string(hundred_millionths / 100'000'000);
  const std::string fraction = std::to_string(hundred_millionths % 100'000'000 + 100'000'000);
  return std::string(whole).append(".").append(fraction, 1, 8);
}

// One row; prices around 8,800 as of BTCUSDT, other values in every row.
inline std::string kline_row(std::int64_t open_ms, std::int64_t length_ms, std::int64_t i) {
  const std::int64_t open = 881'915'000'000 + i * 1'000'000;
  std::string out("[");
  out.append(std::to_string(open_ms));
  const auto text = [&](std::int64_t v) {
    out.append(",\"").append(with_8_decimals(v)).append("\"");
  };
  const auto number = [&](std::int64_t v) { out.append(",").append(std::to_string(v)); };
  for (std::int64_t price :
       {open, open + 3'065'000'000, open - 8'465'000'000, open - 5'723'000'000})
    text(price);
  text(308'956'054'500 + i * 7);
  number(open_ms + length_ms - 1);
  text(2'717'456'916'633'405 + i * 11);
  number(34'467 + i);
  text(155'336'149'800);
  text(1'366'658'686'496'907);
  return out.append(",\"0\"]");
}

// `rows` candles without a hole.
inline std::string klines_body(std::int64_t first_open_ms, std::int64_t length_ms,
                               std::int64_t rows) {
  std::string out = "[";
  for (std::int64_t i = 0; i < rows; ++i) {
    if (i) out += ",";
    out += kline_row(first_open_ms + i * length_ms, length_ms, i);
  }
  return out + "]";
}

}  // namespace binance::testdata
