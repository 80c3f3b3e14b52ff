#include "sim/csv.hpp"

#include <zlib.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

constexpr unsigned kReadChunk = 1 << 16;
constexpr std::size_t kMaxLine = 1 << 16;

/// Lines of a plain or gzip file; zlib reads both.
class Lines {
 public:
  explicit Lines(const std::filesystem::path &file)
      : name_(file.string()), gz_(gzopen(file.c_str(), "rb"), &gzclose) {
    if (!gz_) throw CsvError(name_ + ":0: cannot be opened");
    gzbuffer(gz_.get(), kReadChunk);
  }

  bool next(std::string &line) {
    line.clear();
    ++number_;
    std::array<char, 4096> piece;
    while (gzgets(gz_.get(), piece.data(), static_cast<int>(piece.size())) != nullptr) {
      line += piece.data();
      if (line.back() == '\n') break;
      if (line.size() > kMaxLine) fail("is longer than 64 KiB");
    }
    check_read();
    if (line.empty()) return false;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return true;
  }

  [[noreturn]] void fail(const std::string &message) const {
    throw CsvError(name_ + ":" + std::to_string(number_) + ": " + message);
  }

 private:
  void check_read() {
    int code = Z_OK;
    const char *text = gzerror(gz_.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END) fail(std::string("cannot be read: ") + text);
  }

  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> gz_;
  std::size_t number_ = 0;
};

enum Column : std::size_t { Time, Open, High, Low, Close, Volume, kColumns };
constexpr std::array<std::string_view, kColumns> kNames{"time", "open",  "high",
                                                        "low",  "close", "volume"};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return text;
}

void split_fields(std::string_view line, std::vector<std::string_view> &fields) {
  fields.clear();
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<Column> column_named(const std::string &name) {
  if (name == "open_time" || name == "timestamp" || name == "datetime" || name == "time_ms")
    return Time;
  for (std::size_t i = 0; i < kColumns; ++i)
    if (kNames[i] == name) return static_cast<Column>(i);
  return std::nullopt;
}

using Layout = std::array<std::size_t, kColumns>;

Layout read_header(Lines &lines) {
  std::string line;
  if (!lines.next(line)) lines.fail("the file is empty; a header line is needed");
  std::string_view header = line;
  if (header.starts_with("\xef\xbb\xbf")) header.remove_prefix(3);
  std::vector<std::string_view> fields;
  split_fields(header, fields);
  Layout layout;
  layout.fill(std::string::npos);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto column = column_named(lower(fields[i]));
    if (!column) continue;
    if (layout[*column] != std::string::npos)
      lines.fail("column '" + std::string(kNames[*column]) + "' is there twice");
    layout[*column] = i;
  }
  for (std::size_t i = 0; i < kColumns; ++i)
    if (layout[i] == std::string::npos)
      lines.fail("no column '" + std::string(kNames[i]) + "' in the header '" + line + "'" +
                 (i == Time ? " (open_time, timestamp, datetime, time or time_ms)" : ""));
  return layout;
}

std::int64_t number(const Lines &lines, std::string_view text, Column column) {
  const DecimalResult parsed = parse_decimal(text);
  if (parsed.error)
    lines.fail(std::string(kNames[column]) + " '" + std::string(text) + "' " +
               std::string(describe(*parsed.error)));
  return parsed.value;
}

std::int64_t row_time(const Lines &lines, std::string_view text, std::int64_t step_ms) {
  const auto time = parse_time(text);
  if (!time) lines.fail("time '" + std::string(text) + "' is neither ISO 8601 nor epoch s or ms");
  if (step_ms <= kDayMs && floor_div(*time, step_ms) * step_ms != *time)
    lines.fail("time '" + std::string(text) + "' is no multiple of the interval");
  return *time;
}

void check_order(const Lines &lines, const CsvTable &table, std::int64_t time) {
  if (table.open_time.empty() || table.open_time.back() < time) return;
  const bool twice = table.open_time.back() == time;
  lines.fail("time " + iso8601(time) +
             (twice ? " is there twice"
                    : " comes after " + iso8601(table.open_time.back()) + "; rows must be sorted"));
}

}  // namespace

CsvTable load_csv(const std::filesystem::path &file, std::int64_t step_ms) {
  Lines lines(file);
  const Layout layout = read_header(lines);
  CsvTable table;
  std::string line;
  std::vector<std::string_view> fields;
  while (lines.next(line)) {
    if (trimmed(line).empty()) continue;
    split_fields(line, fields);
    for (std::size_t i = 0; i < kColumns; ++i)
      if (layout[i] >= fields.size()) lines.fail("no value for '" + std::string(kNames[i]) + "'");
    const std::int64_t time = row_time(lines, fields[layout[Time]], step_ms);
    check_order(lines, table, time);
    const std::int64_t volume = number(lines, fields[layout[Volume]], Volume);
    if (volume < 0) lines.fail("volume '" + std::string(fields[layout[Volume]]) + "' is negative");
    table.open_time.push_back(time);
    table.open.push_back(number(lines, fields[layout[Open]], Open));
    table.high.push_back(number(lines, fields[layout[High]], High));
    table.low.push_back(number(lines, fields[layout[Low]], Low));
    table.close.push_back(number(lines, fields[layout[Close]], Close));
    table.volume.push_back(volume);
  }
  if (table.size() == 0) lines.fail("no rows after the header");
  return table;
}

}  // namespace tapedeck::sim
