#include "wal_keeper.hpp"

#include "open.hpp"

#include <algorithm>

namespace tapedeck::sqlite {
namespace {

constexpr std::chrono::milliseconds kPatience{200};

}  // namespace

WalKeeper::WalKeeper(Database &db) : db_(&db), next_wait_(kWalHardPages) {
  auto note = [](void *self, sqlite3 *, const char *, int pages) {
    static_cast<WalKeeper *>(self)->pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db.handle(), note, this);
}

WalKeeper::~WalKeeper() { sqlite3_wal_hook(db_->handle(), nullptr, nullptr); }

// The commit stands whatever becomes of this, so a checkpoint that fails is left to the next
// commit.
void WalKeeper::after_commit(std::chrono::milliseconds busy_timeout) {
  if (pages_ < kWalSoftPages) {
    next_wait_ = kWalHardPages;
    return;
  }
  if (pages_ >= next_wait_) return wait_for_readers(busy_timeout);
  sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void WalKeeper::wait_for_readers(std::chrono::milliseconds busy_timeout) {
  sqlite3_busy_timeout(db_->handle(), static_cast<int>(std::min(kPatience, busy_timeout).count()));
  sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  sqlite3_busy_timeout(db_->handle(), static_cast<int>(busy_timeout.count()));
  next_wait_ = pages_ + kWalHardPages / 4;
}

}  // namespace tapedeck::sqlite
