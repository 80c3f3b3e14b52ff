// What a server's refusal means: the status it becomes, what to do, and whether to try again.
#pragma once

#include <tapedeck/plugin.hpp>

#include <string>
#include <string_view>

namespace tapedeck::postgres {

struct Meaning {
  tdk_status status;
  const char *advice;
};

// Of a SQLSTATE, "" for a connection that was not made or broke.
Meaning meaning_of(std::string_view sqlstate);

// Nothing was stored and the same may succeed: a deadlock, a serialization failure, somebody who was
// quicker, a connection that is gone.
bool worth_retrying(std::string_view sqlstate);
// The connection is of no use any more, or never was; another one may be.
bool means_away(std::string_view sqlstate);

// A refusal of the server's, or that there is none.
class ServerError : public Error {
 public:
  ServerError(tdk_status status, const std::string &what, std::string sqlstate)
      : Error(status, what), sqlstate_(std::move(sqlstate)) {}
  const std::string &sqlstate() const noexcept { return sqlstate_; }

 private:
  std::string sqlstate_;
};

}  // namespace tapedeck::postgres
