// A query string read the way Binance reads one: every parameter once, and none left unread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::sim::binance {

/// Ends a request with HTTP 400 and `{"code":..,"msg":".."}`.
struct ApiError {
  int code;
  std::string message;
};

[[noreturn]] void refuse(int code, std::string message);

class Query {
 public:
  /// Undoes percent-encoding; throws ApiError -1101 when a name is there twice.
  static Query parse(std::string_view raw);

  /// Value of a parameter, which counts as read from now on.
  std::optional<std::string_view> take(std::string_view name);
  /// The same without reading it.
  std::optional<std::string_view> peek(std::string_view name) const;
  std::size_t size() const { return fields_.size(); }
  /// Throws ApiError -1104 when a parameter has not been read.
  void finish() const;

 private:
  struct Field {
    std::string name, value;
    bool read = false;
  };
  std::vector<Field> fields_;
};

}  // namespace tapedeck::sim::binance
