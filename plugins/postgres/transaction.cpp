#include "transaction.hpp"

namespace tapedeck::postgres {
namespace {

constexpr int kAttempts = 10;
constexpr std::int64_t kPause = 10'000'000;  // times the attempt, and up to as much again

void pause(const Host &host, int attempt) {
  const std::int64_t random = host.monotonic() / 1000 % (kPause / 1000) * 1000;
  host.sleep((kPause + random) * attempt, Cancel(nullptr));
}

void run_once(Connection &db, const char *begin, const Attempt &attempt, bool &opened) {
  db.open();
  opened = true;
  attempt.prepare();
  db.script(begin);
  attempt.body();
  db.script("COMMIT");
}

}  // namespace

void in_transaction(Connection &db, const char *begin, const Attempt &attempt) {
  for (int tried = 1;; ++tried) {
    bool opened = false;  // else open() has tried for as long as it may
    try {
      return run_once(db, begin, attempt, opened);
    } catch (const ServerError &e) {
      db.abandon();
      attempt.undone();
      if (!opened || tried == kAttempts || !worth_retrying(e.sqlstate()) || !attempt.repeatable()) throw;
      // A statement or a connection that is no longer what it was: everything anew.
      if (e.sqlstate() == "26000" || e.sqlstate() == "0A000") db.close();
    } catch (...) {
      db.abandon();
      attempt.undone();
      throw;
    }
    pause(db.host(), tried);
  }
}

}  // namespace tapedeck::postgres
