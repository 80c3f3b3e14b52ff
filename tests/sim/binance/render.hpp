// JSON as Binance writes it, put together by hand where speed counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/candle.hpp"
#include "sim/interval.hpp"

namespace tapedeck::sim::binance {

/// Rows of 12 columns; close times are the next open minus one unit.
std::string render_klines(std::span<const Candle> candles, const Grid &grid, bool microseconds);

/// Appends `"12.50000000"`, quotes included.
void append_quoted(std::string &out, Wide mantissa);

/// Builds one flat JSON object field by field.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string &out) : out_(out) { out_ += '{'; }
  ObjectWriter &text(std::string_view name, std::string_view value);
  ObjectWriter &decimal(std::string_view name, Wide mantissa);
  ObjectWriter &integer(std::string_view name, std::int64_t value);
  ObjectWriter &boolean(std::string_view name, bool value);
  void end() { out_ += '}'; }

 private:
  void key(std::string_view name);
  std::string &out_;
  bool first_ = true;
};

}  // namespace tapedeck::sim::binance
