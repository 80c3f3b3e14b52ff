// Series, sources and symbols of ticks by id.
#pragma once

#include "database.hpp"
#include "kit/storage/series_text.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace tapedeck::sqlite {

using kit::describe_series;
using kit::interval_text;
using kit::parse_interval;

// Ids that were read from the database stay right, because none of the tables ever loses a row; ids that
// this instance's open transaction handed out do not: forget() them when it is rolled back.
class Catalogue {
 public:
  explicit Catalogue(Database &db) : db_(&db) {}
  std::optional<std::int64_t> find_series(const tdk_series &series);
  std::optional<std::int64_t> find_source(std::string_view name);
  std::int64_t obtain_series(const tdk_series &series);  // inside a write transaction
  std::int64_t obtain_source(std::string_view name);     // inside a write transaction
  std::optional<std::int64_t> find_symbol(std::string_view name);
  std::int64_t obtain_symbol(std::string_view name);     // inside a write transaction
  const std::string &source_name(std::int64_t id);
  void forget();

 private:
  Database *db_;
  std::unordered_map<std::string, std::int64_t> series_, sources_, symbols_;
  std::unordered_map<std::int64_t, std::string> names_;
};

}  // namespace tapedeck::sqlite
