#include "live_wire.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>

#include "net/ws_frame.hpp"

namespace tapedeck::bench {
namespace {

std::string lower(std::string text) {
  for (char &c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

LiveMessage::LiveMessage(const std::string &line) : trade_(line.find("@trade\"") != line.npos) {
  struct Slot {
    const char *before, *value;  // an empty value: a number, whatever it is
    What what;
  };
  static constexpr Slot kTrade[] = {{"{\"stream\":\"", "btcusdt", What::LowerSymbol},
                                    {"\"E\":", "", What::Time},
                                    {"\"s\":\"", "BTCUSDT", What::Symbol},
                                    {"\"t\":", "", What::Number},
                                    {"\"T\":", "", What::Time}};
  static constexpr Slot kBook[] = {{"{\"stream\":\"", "btcusdt", What::LowerSymbol},
                                   {"\"u\":", "", What::Number},
                                   {"\"s\":\"", "BTCUSDT", What::Symbol}};
  std::size_t at = 0;
  const auto cut = [&](const Slot &slot) {
    const std::string before = slot.before, value = slot.value;
    const std::size_t found = line.find(before, at);
    const std::size_t from = found + before.size();
    if (found == line.npos || line.compare(from, value.size(), value) != 0)
      throw std::runtime_error("not the trade or bookTicker that was expected: " + line);
    parts_.push_back({What::Text, line.substr(at, from - at)});
    parts_.push_back({slot.what, {}});
    at = value.empty() ? line.find_first_not_of("0123456789", from) : from + value.size();
  };
  if (trade_)
    for (const Slot &slot : kTrade) cut(slot);
  else
    for (const Slot &slot : kBook) cut(slot);
  parts_.push_back({What::Text, line.substr(at)});
}

void LiveMessage::append(std::string &out, const std::string &base, std::size_t n,
                         std::int64_t time_ms) const {
  const std::int64_t number = (trade_ ? kFirstTrade : kFirstQuote) + static_cast<std::int64_t>(n);
  std::string text;
  for (const Part &part : parts_) switch (part.what) {
      case What::Text: text += part.text; break;
      case What::LowerSymbol: text += lower(base) + "usdt"; break;
      case What::Symbol: text += base + "USDT"; break;
      case What::Number: text += std::to_string(number); break;
      case What::Time: text += std::to_string(time_ms); break;
    }
  append_ws_frame(out, WsRole::Server, WsOpcode::Text, text);
}

std::vector<LiveMessage> read_live_messages(const std::string &file) {
  std::ifstream in(file);
  std::vector<LiveMessage> out;
  for (std::string line; std::getline(in, line);) out.emplace_back(line);
  if (out.empty()) throw std::runtime_error("no messages in " + file);
  return out;
}

LiveTape make_live_tape(const std::vector<LiveMessage> &recorded, std::size_t count, std::int64_t start_ms,
                        double per_second) {
  LiveTape tape;
  tape.bytes.reserve(count * 220);
  for (std::size_t i = 0; i < count; ++i) {
    const LiveMessage &message = recorded[i % recorded.size()];
    const auto after_ms = static_cast<std::int64_t>(static_cast<double>(i) / per_second * 1e3);
    message.append(tape.bytes, "BTC", i, start_ms + after_ms);
    ++(message.trade() ? tape.trades : tape.quotes);
  }
  return tape;
}

}  // namespace tapedeck::bench
