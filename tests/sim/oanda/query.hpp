// The query of a request, and its parameters checked as OANDA checks them. All throw ApiError.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::sim::oanda {

/// `%41` and `+` undone.
std::string decoded(std::string_view text);
std::vector<std::string> split_list(std::string_view text, char between = ',');

class Query {
 public:
  explicit Query(std::string_view raw);

  std::optional<std::string> find(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<std::int64_t> number(std::string_view name) const;
  /// Epoch ms; a time that lies behind `now_ms` is refused.
  std::optional<std::int64_t> time(std::string_view name, std::int64_t now_ms) const;

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

}  // namespace tapedeck::sim::oanda
