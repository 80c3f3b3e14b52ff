// Keeps the write-ahead log small, with readers about.
#pragma once

#include "database.hpp"

namespace tapedeck::sqlite {

// After a commit: from a soft size on, what no reader needs any more is copied into the file. A log
// that grows all the same is one that readers keep from starting over, because one begins before
// the last has ended; from a hard size on the writer therefore waits a moment for them.
class WalKeeper {
 public:
  explicit WalKeeper(Database &db);
  WalKeeper(const WalKeeper &) = delete;
  WalKeeper &operator=(const WalKeeper &) = delete;
  ~WalKeeper();
  void after_commit(std::chrono::milliseconds busy_timeout);

 private:
  void wait_for_readers(std::chrono::milliseconds busy_timeout);

  Database *db_;
  std::int64_t pages_ = 0;      // in the log, as the last commit left it
  std::int64_t next_wait_ = 0;  // a reader that holds out costs a wait every quarter of it
};

}  // namespace tapedeck::sqlite
