#include "support/made_tape.hpp"

#include "support/candle.hpp"

namespace tapedeck::integration {
namespace {

constexpr std::int64_t kPauseNs = 2'000'000'000;

std::string lower(std::string text) {
  for (char &c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

}  // namespace

std::string MadeTape::lines() const {
  std::string out;
  std::int64_t at_ns = kNewYear2024Ms * 1'000'000;
  for (std::int64_t number = 1; number <= count; ++number) {
    for (const std::string &symbol : symbols) {
      const std::string ms = std::to_string(at_ns / 1'000'000);
      out += R"({"recv_ns":)" + std::to_string(at_ns) + R"(,"raw":{"stream":")" + lower(symbol) +
             R"(@trade","data":{"e":"trade","E":)" + ms + R"(,"s":")" + symbol + R"(","t":)" + std::to_string(number) +
             R"(,"p":")" + std::to_string(100 + number % 50) + R"(.50000000","q":"0.0)" + std::to_string(1 + number % 9) +
             R"(000000","T":)" + ms + ",\"m\":true,\"M\":true}}}\n";
      if (number > 1) at_ns += 1'000'000'000 / per_second;
    }
    if (number == 1) at_ns += kPauseNs;
  }
  return out;
}

}  // namespace tapedeck::integration
