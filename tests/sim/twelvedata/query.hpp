// A query string as Twelve Data reads it: names in any letter case, unknown ones ignored; and the
// vendor's error bodies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/message.hpp"

namespace tapedeck::sim::twelvedata {

inline constexpr std::string_view kJson = "application/json; charset=utf-8";

/// Ends a request with `{"code":..,"message":"..","status":"error"}`.
struct ApiError {
  int code;
  std::string message;
};
[[noreturn]] void refuse(int code, std::string message);

std::string error_body(const ApiError &error);

ApiError wrong_key();
ApiError unknown_symbol();
ApiError no_data();
ApiError minute_is_over(std::int64_t used, std::int64_t limit);
ApiError day_is_over(std::int64_t used, std::int64_t limit);
ApiError not_in_plan(std::string_view path);
/// One of a class, for faults.
ApiError error_of(int code);

class Query {
 public:
  static Query parse(std::string_view raw);
  /// Nothing when it is absent or empty.
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view get(std::string_view name, std::string_view otherwise = {}) const;
  /// The elements of a comma-separated list, without empty ones.
  std::vector<std::string> list(std::string_view name) const;

 private:
  struct Field {
    std::string name, value;
  };
  std::vector<Field> fields_;
};

/// Id and address of each entry of `POST /batch`; nothing when it is no such body.
std::optional<std::vector<std::pair<std::string, std::string>>> batch_entries(
    std::string_view body);

std::string lower(std::string_view text);
/// In quotes, with JSON's escapes.
std::string json_text(std::string_view text);

}  // namespace tapedeck::sim::twelvedata
