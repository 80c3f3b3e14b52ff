#include "app/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tapedeck {
namespace {

constexpr Nanos kPlainLineEvery = 5 * kSecond;
constexpr std::size_t kBarWidth = 30;

bool is_numeric(const std::string &cell) {
  return cell.empty() || cell.find_first_not_of("0123456789,.%-/ ") == std::string::npos;
}

// Terminal columns: bytes that start a UTF-8 sequence.
std::size_t columns(const std::string &text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string bar(double share) {
  const auto full = static_cast<std::size_t>(share * kBarWidth);
  return "[" + std::string(full, '#') + std::string(kBarWidth - full, '.') + "]";
}

std::string progress_line(const BackfillProgress &p, std::uint64_t requests, Nanos waited, Nanos elapsed) {
  const double seconds = std::max(static_cast<double>(elapsed) / 1e9, 1e-3);
  const double total = static_cast<double>(std::max<std::uint64_t>(p.slots_total, 1));
  const double share = std::min(static_cast<double>(p.slots_done) / total, 1.0);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(p.rows) / seconds);
  char head[64];
  std::snprintf(head, sizeof head, "%s %3.0f%%  ", bar(share).c_str(), share * 100);
  std::string line = head + with_commas(p.rows) + " rows  " + with_commas(rate) + " rows/s  " +
                     with_commas(requests) + " requests";
  if (p.chunks_failed > 0) line += "  " + with_commas(p.chunks_failed) + " failed";
  if (waited > kSecond) line += "  waited " + format_duration(waited);
  if (share > 0 && share < 1)
    line += "  ETA " + format_duration(static_cast<Nanos>(static_cast<double>(elapsed) * (1 - share) / share));
  return line;
}

std::string progress_line(const CopyProgress &p, Nanos elapsed) {
  const std::uint64_t rows = p.rows;
  const double total = static_cast<double>(std::max<std::uint64_t>(p.total, 1));
  const double share = std::min(static_cast<double>(rows) / total, 1.0);
  char head[64];
  std::snprintf(head, sizeof head, "%s %3.0f%%  ", bar(share).c_str(), share * 100);
  return head + std::string(p.comparing ? "comparing" : "copying") + "  " + with_commas(rows) + " rows  " + format_duration(elapsed);
}

}  // namespace

std::string with_commas(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string format_table(const std::vector<std::vector<std::string>> &rows) {
  std::vector<std::size_t> width;
  std::vector<bool> numeric;
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      if (c == width.size()) {
        width.push_back(0);
        numeric.push_back(true);
      }
      width[c] = std::max(width[c], columns(rows[r][c]));
      if (r > 0 && !is_numeric(rows[r][c])) numeric[c] = false;
    }
  std::string out;
  for (const auto &row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(width[c] - columns(row[c]), ' ');
      line += numeric[c] ? padding + row[c] : row[c] + padding;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

ProgressDisplay::ProgressDisplay(bool quiet) : terminal_(isatty(STDERR_FILENO) == 1), quiet_(quiet) {}

void ProgressDisplay::draw(const BackfillProgress &progress, std::uint64_t requests, Nanos waited,
                           Nanos elapsed) {
  if (due(elapsed)) draw_line(progress_line(progress, requests, waited, elapsed));
}

void ProgressDisplay::draw(const CopyProgress &progress, Nanos elapsed) {
  if (due(elapsed)) draw_line(progress_line(progress, elapsed));
}

bool ProgressDisplay::due(Nanos elapsed) {
  if (quiet_ || (!terminal_ && elapsed - last_line_ < kPlainLineEvery)) return false;
  last_line_ = elapsed;
  return true;
}

void ProgressDisplay::draw_line(const std::string &line) {
  const std::string padding(width_ > line.size() ? width_ - line.size() : 0, ' ');
  std::fprintf(stderr, terminal_ ? "\r%s%s" : "%s%s\n", line.c_str(), terminal_ ? padding.c_str() : "");
  width_ = line.size();
}

void ProgressDisplay::finish() {
  if (terminal_ && width_ > 0) std::fputc('\n', stderr);
  width_ = 0;
}

}  // namespace tapedeck
