// Series, sources and symbols of ticks by id.
#pragma once

#include "connection.hpp"
#include "kit/storage/series_text.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace tapedeck::postgres {

// How ticks of a source are counted.
struct TickFormat {
  std::string source_version;
  std::int32_t price_exp = 0, size_exp = 0, volume_exp = 0;
  auto operator<=>(const TickFormat &) const = default;
};

// Tells series apart.
std::string series_key(const tdk_series &series);

// Ids that were read from the database stay right, because none of the tables ever loses a row; ids that an
// open transaction handed out do not: forget() them when it is rolled back.
class Catalogue {
 public:
  explicit Catalogue(Connection &db) : db_(db) {}
  std::optional<std::int64_t> find_series(const tdk_series &series);
  std::optional<std::int64_t> find_symbol(std::string_view name);
  const std::string &source_name(std::int64_t id);
  // Inside a write transaction.
  std::int64_t obtain_series(const tdk_series &series);
  std::int64_t obtain_source(std::string_view name);
  std::int64_t obtain_symbol(std::string_view name);
  std::int64_t obtain_format(const TickFormat &format);
  void forget();

 private:
  std::int64_t obtain(const char *find, const char *insert, const Params &key);

  Connection &db_;
  std::unordered_map<std::string, std::int64_t> series_, sources_, symbols_;
  std::unordered_map<std::int64_t, std::string> names_;
  std::map<TickFormat, std::int64_t> formats_;
};

}  // namespace tapedeck::postgres
