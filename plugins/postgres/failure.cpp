#include "failure.hpp"

namespace tapedeck::postgres {
namespace {

struct Row {
  std::string_view prefix;  // of SQLSTATEs: a class of two characters, or one code
  Meaning meaning;
};

// The first that fits. PostgreSQL, Appendix A: Error Codes.
constexpr Row kMeanings[] = {
    {"57014", {TDK_TIMEOUT, "it took longer than statement_timeout; raise it, or ask for less"}},
    {"57P01", {TDK_UNAVAILABLE, "the server is being shut down; try again when it is back"}},
    {"57P02", {TDK_UNAVAILABLE, "the server crashed and recovers; try again"}},
    {"57P03", {TDK_UNAVAILABLE, "the server is starting, stopping or recovering; try again"}},
    {"28P01", {TDK_UNAUTHENTICATED, "correct user and password"}},
    {"28", {TDK_UNAUTHENTICATED, "correct user and password, or let this user in: pg_hba.conf of the server"}},
    {"3D000", {TDK_NOT_FOUND, "create the database (createdb), or correct its name"}},
    {"3F000", {TDK_NOT_FOUND, "open it once without read_only, so that it is created"}},
    {"42501", {TDK_PERMISSION_DENIED, "give this role what it lacks: plugins/postgres/roles.sql has what each one needs"}},
    {"22023", {TDK_INVALID_ARGUMENT, "correct the option that the server names"}},
    {"25006", {TDK_PERMISSION_DENIED, "the server takes no writes: it is a standby, or told to be read-only; write to the primary, or set read_only"}},
    {"40", {TDK_BUSY, "other writers were in the way each time; try again"}},
    {"55P03", {TDK_BUSY, "someone else holds a lock; try again, or raise lock_timeout"}},
    {"23505", {TDK_BUSY, "someone else stored the same at the same time; try again"}},
    {"53100", {TDK_IO, "nothing of this call is stored; free some space on the server's disk"}},
    {"53200", {TDK_IO, "nothing of this call is stored; the server is out of memory"}},
    {"53300", {TDK_BUSY, "the server has too many connections; close some, or raise max_connections"}},
    {"53", {TDK_IO, "nothing of this call is stored; the server lacks resources"}},
    {"58", {TDK_IO, "nothing of this call is stored; the server's disk fails: see its log"}},
    {"XX001", {TDK_IO, "the server's data is damaged; restore a backup"}},
    {"XX002", {TDK_IO, "an index is damaged; REINDEX it"}},
    {"22021", {TDK_INVALID_ARGUMENT, "names must be UTF-8 without NUL"}},
    {"22P05", {TDK_INVALID_ARGUMENT, "the database must be encoded as UTF8"}},
    {"54", {TDK_INVALID_ARGUMENT, "something is longer than PostgreSQL can keep; shorten it"}},
    {"42P01", {TDK_IO, "a table is missing; restore a backup"}},
    {"42703", {TDK_IO, "a column is missing; restore a backup"}},
    {"08", {TDK_UNAVAILABLE, "check that the server runs and can be reached"}},
};

}  // namespace

bool means_away(std::string_view sqlstate) {
  return sqlstate.empty() || sqlstate.substr(0, 2) == "08" || sqlstate == "57P01" || sqlstate == "57P02" ||
         sqlstate == "57P03";
}

bool worth_retrying(std::string_view sqlstate) {
  // 23514: a partition that was known is gone. 26000, 0A000: a prepared statement that no longer fits.
  return means_away(sqlstate) || sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "23505" ||
         sqlstate == "23514" || sqlstate == "26000" || sqlstate == "0A000";
}

Meaning meaning_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return {TDK_UNAVAILABLE, "check that the server runs and can be reached"};
  for (const Row &row : kMeanings)
    if (sqlstate.substr(0, row.prefix.size()) == row.prefix) return row.meaning;
  return {TDK_INTERNAL, "please report this with the versions of plugin and server"};
}

}  // namespace tapedeck::postgres
