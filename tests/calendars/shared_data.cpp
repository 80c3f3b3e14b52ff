#include "shared_data.hpp"

#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tapedeck::testing {
namespace {

// gzip or not: zlib reads both.
std::string text_of(const std::filesystem::path &file) {
  const gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) throw std::runtime_error("cannot open " + file.string());
  std::string text;
  std::vector<char> piece(1 << 20);
  int n = 0;
  while ((n = gzread(in, piece.data(), static_cast<unsigned>(piece.size()))) > 0)
    text.append(piece.data(), static_cast<std::size_t>(n));
  gzclose(in);
  if (n < 0) throw std::runtime_error("cannot read " + file.string());
  return text;
}

template <class F>
void for_lines(const std::filesystem::path &file, F f) {
  std::istringstream lines(text_of(file));
  for (std::string line; std::getline(lines, line);) f(line);
}

}  // namespace

std::optional<std::filesystem::path> shared_data(const std::string &file) {
  const char *set = std::getenv("TAPEDECK_SHARED");
  const auto path = std::filesystem::path(set != nullptr ? set : TAPEDECK_SHARED_DEFAULT) / "data" / file;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

std::map<Nanos, TimeRange> read_sessions(const std::filesystem::path &csv) {
  std::map<Nanos, TimeRange> out;
  for_lines(csv, [&](const std::string &line) {
    const auto day = parse_time(line.substr(0, line.find(',')), 0);
    if (!day) return;  // the header
    const auto open = parse_time(line.substr(21, 20), 0), close = parse_time(line.substr(42, 20), 0);
    out[*day] = {open.value(), close.value()};
  });
  return out;
}

std::vector<Nanos> read_open_times(const std::filesystem::path &csv) {
  std::vector<Nanos> out;
  for_lines(csv, [&](const std::string &line) {
    if (const auto t = parse_time(line.substr(0, line.find(',')), 0)) out.push_back(*t);
  });
  return out;
}

std::vector<Nanos> read_server_times(const std::filesystem::path &csv, Nanos ahead) {
  std::vector<Nanos> out;
  for_lines(csv, [&](const std::string &line) {
    std::string text = line.substr(0, 10) + "T" + line.substr(11, 5) + ":00Z";
    text[4] = text[7] = '-';
    out.push_back(parse_time(text, 0).value() - ahead);
  });
  return out;
}

}  // namespace tapedeck::testing
