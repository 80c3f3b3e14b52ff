#include "open.hpp"

#include "schema.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <tuple>

namespace tapedeck::sqlite {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const Settings &s, tdk_status status, const std::string &why) {
  throw Error(status, "opening the store " + s.path + ": " + why);
}

// What SQLite itself would only call "unable to open database file".
void check_place(const Settings &s, const fs::path &file) {
  std::error_code ignored;
  fs::path directory = file.parent_path();
  if (!fs::is_directory(directory, ignored))
    refuse(s, TDK_NOT_FOUND,
           "there is no directory " + fs::path(s.path).parent_path().string() +
               "; create it or correct the path");
  if (fs::is_directory(file, ignored))
    refuse(s, TDK_INVALID_ARGUMENT, "it is a directory; give a file in it");
  bool there = fs::exists(file, ignored);
  if (!there && s.read_only)
    refuse(s, TDK_NOT_FOUND,
           "there is no such file; open it for writing once, or correct the path");
  if (there && access(file.c_str(), R_OK) != 0)
    refuse(s, TDK_PERMISSION_DENIED, "this user may not read it; change its rights");
  if (there && !s.read_only && access(file.c_str(), W_OK) != 0)
    refuse(s, TDK_PERMISSION_DENIED,
           "this user may not write to it; change its rights or set read_only");
  if (!s.read_only && access(directory.c_str(), W_OK) != 0)
    refuse(s, TDK_PERMISSION_DENIED,
           "this user may not write to its directory, where the write-ahead log goes; change its "
           "rights");
}

// A log that is left behind means that the last writer did not close, or that one is at work.
bool left_open(const fs::path &file) {
  std::error_code missing;
  auto size = fs::file_size(file.string() + "-wal", missing);
  return !missing && size > 0;
}

// True for the first caller in this process only: the host opens one instance to write and several to
// read, and reading the whole file once is enough.
bool first_to_check(const fs::path &file) {
  static std::mutex mutex;
  static std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::int64_t, std::uint32_t>> checked;
  // With the time it was made: the number of a file that was deleted goes to the next one.
  struct statx st {};
  if (::statx(AT_FDCWD, file.c_str(), 0, STATX_INO | STATX_BTIME, &st) != 0) return true;
  std::lock_guard lock(mutex);
  return checked.emplace(st.stx_dev_major, st.stx_dev_minor, st.stx_ino, st.stx_btime.tv_sec, st.stx_btime.tv_nsec).second;
}

bool wants_check(const Settings &s, const fs::path &file, bool was_left_open) {
  if (s.check != Check::Auto) return s.check == Check::Always;
  if (s.read_only) return false;  // a query beside a running writer must not read the whole file
  std::error_code missing;
  auto size = fs::file_size(file, missing);
  return !missing && (size <= kCheckAlwaysBelow || was_left_open) && first_to_check(file);
}

void check_integrity(Database &db) {
  std::string found;
  {
    Use use = db.use("PRAGMA quick_check(1)");
    if (use.step()) found = use.text(0);
  }
  for (char &c : found)
    if (c == '\n') c = ' ';
  if (found != "ok")
    db.fail(TDK_IO, "the file is damaged (" + found + ")",
            "restore a backup or run sqlite3's .recover on a copy");
}

// The step into WAL mode does not honour the busy timeout when another process takes it at the same
// moment, so it is repeated here.
void enter_wal(Database &db, const Settings &s, const Host &host) {
  constexpr std::int64_t kPause = 10'000'000;
  for (auto waited = std::chrono::nanoseconds::zero();;
       waited += std::chrono::nanoseconds(kPause)) {
    try {
      return db.run("PRAGMA journal_mode = WAL");
    } catch (const Error &e) {
      if (e.code() != TDK_BUSY || waited >= s.busy_timeout) throw;
    }
    host.sleep(kPause, Cancel(nullptr));
  }
}

void configure(Database &db, const Settings &s, const Host &host) {
  db.run("PRAGMA cache_size = -" + std::to_string(s.cache_mb * 1024));
  // Debian's SQLite overwrites freed bytes by default; prices are no secret.
  db.run("PRAGMA secure_delete = OFF");
  if (s.read_only) return db.run("PRAGMA query_only = ON");
  db.run("PRAGMA page_size = " + std::to_string(kPageSize));  // heeded by a new file only
  enter_wal(db, s, host);
  db.run(s.synchronous_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  db.run("PRAGMA wal_autocheckpoint = 0");  // commit() does it: see WalKeeper
  db.run("PRAGMA journal_size_limit = " + std::to_string(kWalLimitBytes));
}

}  // namespace

Database open_store(const Settings &settings, const Host &host) {
  // Absolute, so that SQLite reads no "file:" URI into a name and a later chdir changes nothing.
  fs::path file = fs::absolute(settings.path);
  check_place(settings, file);
  bool was_left_open = left_open(file);
  Database db(file.string(), settings.path, settings.busy_timeout);
  std::int64_t version = identify(db);  // before the first byte is written into a stranger's file
  configure(db, settings, host);
  if (version > 0 && wants_check(settings, file, was_left_open)) check_integrity(db);
  if (!settings.read_only)
    migrate(db);
  else if (version < kSchemaVersion)
    db.fail(TDK_INCOMPATIBLE, "its schema is older than this Tapedeck's",
            "open it once without read_only, so that it is migrated");
  return db;
}

}  // namespace tapedeck::sqlite
