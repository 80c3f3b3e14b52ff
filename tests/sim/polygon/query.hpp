// The parameters of a request, read as Polygon reads them: unknown ones do not matter, of a repeated
// one the last counts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::sim::polygon {

std::string decoded(std::string_view text);

class Query {
 public:
  explicit Query(std::string_view raw);
  /// Empty when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const { return fields_.find(name) != fields_.end(); }
  /// 1 to `most`; `usual` when absent. Throws ApiError for what is no number.
  std::size_t limit(std::size_t usual, std::size_t most) const;
  /// A comma-joined list.
  std::vector<std::string> list(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

/// The parts of a path between slashes, decoded.
std::vector<std::string> segments(std::string_view path);

/// `YYYY-MM-DD` or epoch ms.
struct Day {
  std::int64_t ms = 0;
  bool is_date = false;
};
std::optional<Day> parse_day(std::string_view text);

}  // namespace tapedeck::sim::polygon
