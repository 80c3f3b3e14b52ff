#include "sim/csv.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "sim/csv_lines.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

enum Column : std::size_t { Time, Open, High, Low, Close, Volume, kColumns };
constexpr std::array<std::string_view, kColumns> kNames{"time", "open",  "high",
                                                        "low",  "close", "volume"};

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

Layout read_header(CsvLines &lines) {
  std::string line;
  if (!lines.next(line)) lines.fail("the file is empty; a header line is needed");
  std::string_view header = line;
  if (header.starts_with("\xef\xbb\xbf")) header.remove_prefix(3);
  std::vector<std::string_view> fields;
  split_csv_fields(header, fields);
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

std::int64_t number(const CsvLines &lines, std::string_view text, Column column) {
  const DecimalResult parsed = parse_decimal(text);
  if (parsed.error)
    lines.fail(std::string(kNames[column]) + " '" + std::string(text) + "' " +
               std::string(describe(*parsed.error)));
  return parsed.value;
}

std::int64_t row_time(const CsvLines &lines, std::string_view text, std::int64_t step_ms) {
  const auto time = parse_time(text);
  if (!time) lines.fail("time '" + std::string(text) + "' is neither ISO 8601 nor epoch s or ms");
  if (step_ms <= kDayMs && floor_div(*time, step_ms) * step_ms != *time)
    lines.fail("time '" + std::string(text) + "' is no multiple of the interval");
  return *time;
}

void check_order(const CsvLines &lines, const CsvTable &table, std::int64_t time) {
  if (table.open_time.empty() || table.open_time.back() < time) return;
  const bool twice = table.open_time.back() == time;
  lines.fail("time " + iso8601(time) +
             (twice ? " is there twice"
                    : " comes after " + iso8601(table.open_time.back()) + "; rows must be sorted"));
}

}  // namespace

CsvTable load_csv(const std::filesystem::path &file, std::int64_t step_ms) {
  CsvLines lines(file);
  const Layout layout = read_header(lines);
  CsvTable table;
  std::string line;
  std::vector<std::string_view> fields;
  while (lines.next(line)) {
    if (trimmed_csv_field(line).empty()) continue;
    split_csv_fields(line, fields);
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
