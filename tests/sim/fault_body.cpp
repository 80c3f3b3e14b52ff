#include "sim/fault_body.hpp"

#include "sim/hashing.hpp"

namespace tapedeck::sim {
namespace {

constexpr std::string_view kHtml =
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad "
    "Gateway</h1></center></body></html>";

std::string joined(const std::vector<std::string_view> &rows) {
  std::string out = "[";
  for (const std::string_view row : rows) {
    if (out.size() > 1) out += ',';
    out += row;
  }
  return out + "]";
}

/// Repeats one to three neighbouring rows.
void duplicate(std::vector<std::string_view> &rows, std::uint64_t random) {
  const std::size_t at = random % rows.size();
  const std::size_t count = std::min<std::size_t>(1 + (random >> 32) % 3, rows.size() - at);
  const std::vector<std::string_view> again(rows.begin() + static_cast<std::ptrdiff_t>(at),
                                            rows.begin() + static_cast<std::ptrdiff_t>(at + count));
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at + count), again.begin(), again.end());
}

/// Swaps a row with its successor.
void disorder(std::vector<std::string_view> &rows, std::uint64_t random) {
  const std::size_t at = random % (rows.size() - 1);
  std::swap(rows[at], rows[at + 1]);
}

/// End of the array that begins at `start`.
std::size_t array_end(std::string_view json, std::size_t start) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = start; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth == 0) return i + 1;
  }
  return json.npos;
}

/// Where the rows of an object begin; npos when it has none.
std::size_t rows_inside(std::string_view body) {
  if (!body.starts_with('{')) return body.npos;
  for (const std::string_view mark : {"\"results\":[", "\"values\":[", "\"candles\":["})
    if (const std::size_t at = body.find(mark); at != body.npos) return at + mark.size() - 1;
  return body.npos;
}

std::string with_rows(FaultKind kind, std::string_view body, std::uint64_t random) {
  if (const std::size_t start = rows_inside(body); start != body.npos) {
    const std::size_t end = array_end(body, start);
    if (end == body.npos) return std::string(body);
    return std::string(body.substr(0, start)) +
           with_rows(kind, body.substr(start, end - start), random) +
           std::string(body.substr(end));
  }
  std::vector<std::string_view> rows = array_elements(body);
  if (rows.size() < 2) return std::string(body);
  if (kind == FaultKind::DuplicateRows) duplicate(rows, random);
  if (kind == FaultKind::UnorderedRows) disorder(rows, random);
  if (kind == FaultKind::ShortPage) rows.resize((rows.size() + 1) / 2);
  return joined(rows);
}

std::string garbage(std::size_t size, std::uint64_t random) {
  std::string out(std::max<std::size_t>(size, 64), '\0');
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(hash_at(random, i));
  return out;
}

}  // namespace

std::vector<std::string_view> array_elements(std::string_view json) {
  std::vector<std::string_view> rows;
  if (json.size() < 2 || json.front() != '[' || json.back() != ']') return rows;
  int depth = 0;
  bool quoted = false;
  std::size_t start = 1;
  for (std::size_t i = 1; i + 1 < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      rows.push_back(json.substr(start, i - start));
      start = i + 1;
    }
  }
  if (json.size() > 2) rows.push_back(json.substr(start, json.size() - 1 - start));
  return rows;
}

std::string spoiled_body(FaultKind kind, std::string_view body, std::uint64_t random) {
  switch (kind) {
    case FaultKind::TruncatedJson:
      return std::string(body.substr(0, body.size() * 2 / 3));
    case FaultKind::Html200:
      return std::string(kHtml);
    case FaultKind::Empty200:
      return "[]";
    case FaultKind::EmptyBody:
      return {};
    case FaultKind::DuplicateRows:
    case FaultKind::UnorderedRows:
    case FaultKind::ShortPage:
      return with_rows(kind, body, random);
    case FaultKind::GarbageJson:
      return body.empty() ? R"({"e":"trade","E":17)" : std::string(body.substr(0, body.size() / 2));
    case FaultKind::Garbage:
      return garbage(body.size(), random);
    default:
      break;
  }
  return std::string(body);
}

}  // namespace tapedeck::sim
