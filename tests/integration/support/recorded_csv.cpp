#include "support/recorded_csv.hpp"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace tapedeck::integration {
namespace {

constexpr std::string_view kHeader = "time_ms,open,close,high,low,volume";

std::string_view next_field(std::string_view &rest) {
  const auto end = std::min(rest.find(','), rest.size());
  const auto field = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

Candle candle_of(std::string_view line) {
  Candle c;
  c.open_ms = std::stoll(std::string(next_field(line)));
  for (std::int64_t *to : {&c.open, &c.close, &c.high, &c.low, &c.volume}) *to = units_of(next_field(line));
  return c;
}

}  // namespace

std::filesystem::path shared_folder() {
  const char *given = std::getenv("TAPEDECK_SHARED");
  return given != nullptr && *given != '\0' ? given : TAPEDECK_SHARED_DEFAULT;
}

std::vector<Candle> read_bitfinex(const std::filesystem::path &file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), &gzclose);
  std::array<char, 512> buffer{};
  std::vector<Candle> out;
  for (bool header = true; in && gzgets(in.get(), buffer.data(), buffer.size()) != nullptr; header = false) {
    std::string_view line(buffer.data());
    line = line.substr(0, line.find_first_of("\r\n"));
    if (!header)
      out.push_back(candle_of(line));
    else if (line != kHeader)
      throw std::runtime_error(file.string() + ": the header is not " + std::string(kHeader));
  }
  if (out.empty()) throw std::runtime_error("reading " + file.string());
  return out;
}

}  // namespace tapedeck::integration
