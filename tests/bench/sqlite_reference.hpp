// The bare C loop that the plugin is measured against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace tapedeck::bench {

struct Chunk {
  std::int64_t series = 1;
  std::vector<std::int64_t> open_time, open, high, low, close, volume, turnover, trades;
  std::vector<std::uint32_t> state;
};

// Upserts into a table of the plugin's own shape, in a file with the plugin's own pragmas: one
// transaction a chunk, one prepared statement, nothing but binds and steps.
class Reference {
 public:
  explicit Reference(const std::string &file);
  Reference(const Reference &) = delete;
  Reference &operator=(const Reference &) = delete;
  ~Reference();
  void commit(const Chunk &chunk);
  std::int64_t scan(std::int64_t series);  // steps over all rows and reads every column

 private:
  void run(const char *sql);
  sqlite3 *db_ = nullptr;
  sqlite3_stmt *upsert_ = nullptr;
};

}  // namespace tapedeck::bench
