// A store in a directory of its own, and raw access to its file, for tests.
#pragma once

#include "storage_conformance.hpp"

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck::sqlite {

class TempDirectory {
 public:
  TempDirectory() : path_(mkdtemp(pattern().data())) {}
  TempDirectory(const TempDirectory &) = delete;
  TempDirectory &operator=(const TempDirectory &) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string &name) const { return (path_ / name).string(); }

 private:
  std::string &pattern() {
    pattern_ = (std::filesystem::temp_directory_path() / "tapedeck-sqlite-XXXXXX").string();
    return pattern_;
  }
  std::string pattern_;
  std::filesystem::path path_;
};

// SQLite without the plugin: what an analyst, or a stranger, would do to the file.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string &file) {
    if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) ADD_FAILURE() << sqlite3_errmsg(db_);
  }
  RawDatabase(const RawDatabase &) = delete;
  RawDatabase &operator=(const RawDatabase &) = delete;
  ~RawDatabase() { sqlite3_close(db_); }
  // The rows, cells joined by '|', NULL as "NULL".
  std::vector<std::string> rows(const std::string &sql) {
    std::vector<std::string> out;
    auto add = [](void *to, int n, char **cells, char **) {
      std::string line;
      for (int i = 0; i < n; ++i) {
        if (i > 0) line += '|';
        line += cells[i] ? cells[i] : "NULL";
      }
      static_cast<std::vector<std::string> *>(to)->push_back(line);
      return 0;
    };
    if (sqlite3_exec(db_, sql.c_str(), add, &out, nullptr) != SQLITE_OK)
      ADD_FAILURE() << sql << ": " << sqlite3_errmsg(db_);
    return out;
  }

 private:
  sqlite3 *db_ = nullptr;
};

inline conformance::StorageClient open_plugin(const conformance::Options &options,
                                              const conformance::FakeHost &host) {
  return {SQLITE_PLUGIN, "sqlite", options, host};
}

}  // namespace tapedeck::sqlite
