#include "sim/replay.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "sim/decimal.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim {
namespace {

constexpr unsigned kReadChunk = 1 << 16;
constexpr std::size_t kMaxLine = 1 << 24;

/// End of the JSON string that starts at `at` (behind the closing quote).
std::size_t string_end(std::string_view json, std::size_t at) {
  for (std::size_t i = at + 1; i < json.size(); ++i) {
    if (json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      return i + 1;
  }
  return json.size();
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// End of the JSON value that starts at `at`: the comma or bracket behind it, on its own level.
std::size_t value_end(std::string_view json, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i < json.size();) {
    const char c = json[i];
    if (c == '"') {
      i = string_end(json, i);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return i;
      --depth;
    }
    if (c == ',' && depth == 0) return i;
    ++i;
  }
  return json.size();
}

std::size_t skip(std::string_view json, std::size_t at, char also) {
  while (at < json.size() && (is_blank(json[at]) || json[at] == also)) ++at;
  return at;
}

std::string_view unquoted(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return is_quoted ? text.substr(1, text.size() - 2) : std::string_view{};
}

/// Time of a line in us; nothing when it has none.
bool receive_time(std::string_view line, std::int64_t &us) {
  if (const std::string_view ns = member_text(line, "recv_ns"); !ns.empty()) {
    const auto [end, error] = std::from_chars(ns.data(), ns.data() + ns.size(), us);
    us /= 1'000;
    return error == std::errc{} && end == ns.data() + ns.size();
  }
  const DecimalResult seconds = parse_decimal(member_text(line, "recv_s"));
  us = seconds.value / (kUnit / 1'000'000);
  return !seconds.error;
}

class Loader {
 public:
  explicit Loader(StreamOfPayload stream_of_payload) : stream_of_payload_(stream_of_payload) {}

  void add(std::string_view line) {
    const std::string_view raw = member_text(line, "raw");
    std::int64_t us = 0;
    if (raw.empty() || raw.front() != '{' || !receive_time(line, us)) return;
    std::string_view payload = raw;
    std::string stream(unquoted(member_text(raw, "stream")));
    if (!stream.empty())
      payload = member_text(raw, "data");
    else
      stream = stream_of_payload_(raw);
    if (stream.empty() || payload.empty()) return;
    if (tape_.messages.empty()) first_us_ = us;
    last_us_ = std::max(last_us_, us - first_us_);
    ReplayMessage message;
    message.offset_us = last_us_;
    message.stream = index_of(stream);
    message.begin = static_cast<std::uint32_t>(payload.data() - raw.data());
    message.end = message.begin + static_cast<std::uint32_t>(payload.size());
    message.text = raw;
    tape_.messages.push_back(std::move(message));
  }

  ReplayTape take() { return std::move(tape_); }

 private:
  std::uint32_t index_of(const std::string &stream) {
    const auto [entry, added] =
        index_.emplace(stream, static_cast<std::uint32_t>(tape_.streams.size()));
    if (added) tape_.streams.push_back(stream);
    return entry->second;
  }

  StreamOfPayload stream_of_payload_;
  ReplayTape tape_;
  std::map<std::string, std::uint32_t> index_;
  std::int64_t first_us_ = 0, last_us_ = 0;
};

}  // namespace

std::string_view member_text(std::string_view json, std::string_view name) {
  std::size_t at = skip(json, 0, '{');
  while (at < json.size() && json[at] == '"') {
    const std::size_t name_end = string_end(json, at);
    const std::string_view key = unquoted(json.substr(at, name_end - at));
    const std::size_t begin = skip(json, name_end, ':');
    std::size_t end = value_end(json, begin);
    at = skip(json, end, ',');
    while (end > begin && is_blank(json[end - 1])) --end;
    if (key == name) return json.substr(begin, end - begin);
  }
  return {};
}

bool ReplayTape::has(std::string_view stream) const {
  return std::find(streams.begin(), streams.end(), stream) != streams.end();
}

ReplayTape load_replay(const std::filesystem::path &file, StreamOfPayload stream_of_payload) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> gz(gzopen(file.c_str(), "rb"), &gzclose);
  if (!gz) throw ReplayError(file.string() + ": cannot be opened");
  gzbuffer(gz.get(), kReadChunk);
  Loader loader(stream_of_payload);
  std::array<char, 1 << 14> piece;
  std::string line;
  while (gzgets(gz.get(), piece.data(), static_cast<int>(piece.size())) != nullptr) {
    line += piece.data();
    if (line.size() > kMaxLine) throw ReplayError(file.string() + ": a line has more than 16 MiB");
    if (line.back() != '\n') continue;
    loader.add(line);
    line.clear();
  }
  int code = Z_OK;
  const char *text = gzerror(gz.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END)
    throw ReplayError(concat({file.string(), ": cannot be read: ", text}));
  loader.add(line);
  ReplayTape tape = loader.take();
  if (tape.messages.empty()) throw ReplayError(file.string() + ": holds no stream message");
  return tape;
}

}  // namespace tapedeck::sim
