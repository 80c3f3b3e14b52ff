// A recorded stream, ready to be played again byte by byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::sim {

/// A recording that cannot be used; the message names file and line.
class ReplayError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

struct ReplayMessage {
  std::int64_t offset_us = 0;        ///< since the first message; never less than the one before
  std::uint32_t stream = 0;          ///< index into ReplayTape::streams
  std::uint32_t begin = 0, end = 0;  ///< the payload inside `text`
  std::string text;                  ///< as recorded
};

/// Immutable once made, so any thread may read it.
struct ReplayTape {
  std::vector<ReplayMessage> messages;
  std::vector<std::string> streams;

  bool has(std::string_view stream) const;
  std::string_view payload(const ReplayMessage &message) const {
    return std::string_view(message.text).substr(message.begin, message.end - message.begin);
  }
};

/// The text of the value of `name` in the JSON object `json`, not looking into nested ones; empty
/// when it is not there.
std::string_view member_text(std::string_view json, std::string_view name);

/// Names the stream of a payload that was recorded without its envelope; empty when it has none.
using StreamOfPayload = std::string (*)(std::string_view payload);

/// Reads lines `{"recv_ns":N,"raw":MESSAGE}` (or `recv_s`), plain or gzip. MESSAGE is
/// `{"stream":NAME,"data":PAYLOAD}` or a payload alone; other lines are skipped. Throws ReplayError
/// for a file that cannot be read or holds no message.
ReplayTape load_replay(const std::filesystem::path &file, StreamOfPayload stream_of_payload);

}  // namespace tapedeck::sim
