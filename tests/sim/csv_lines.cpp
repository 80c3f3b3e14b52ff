#include "sim/csv_lines.hpp"

#include <zlib.h>

#include <array>

#include "sim/csv.hpp"

namespace tapedeck::sim {
namespace {

constexpr unsigned kReadChunk = 1 << 16;
constexpr std::size_t kMaxLine = 1 << 16;

}  // namespace

CsvLines::CsvLines(const std::filesystem::path &file)
    : name_(file.string()), gz_(gzopen(file.c_str(), "rb"), &gzclose) {
  if (!gz_) throw CsvError(name_ + ":0: cannot be opened");
  gzbuffer(gz_.get(), kReadChunk);
}

bool CsvLines::next(std::string &line) {
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

void CsvLines::fail(const std::string &message) const {
  throw CsvError(name_ + ":" + std::to_string(number_) + ": " + message);
}

void CsvLines::check_read() {
  int code = Z_OK;
  const char *text = gzerror(gz_.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) fail(std::string("cannot be read: ") + text);
}

std::string_view trimmed_csv_field(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return text;
}

void split_csv_fields(std::string_view line, std::vector<std::string_view> &fields) {
  fields.clear();
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(trimmed_csv_field(line.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace tapedeck::sim
