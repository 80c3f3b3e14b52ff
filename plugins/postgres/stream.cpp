#include "stream.hpp"

namespace tapedeck::postgres {

Stream::Stream(Connection &db, const Cancel &cancel, bool &started, const char *sql, const Params &params, int at_a_time)
    : db_(db),
      cancel_(cancel),
      started_(started),
      fetch_("FETCH FORWARD " + std::to_string(at_a_time) + " FROM rows"),
      at_a_time_(at_a_time) {
  db_.once(sql, params);
}

bool Stream::next() {
  if (last_) return false;
  cancel_.check();
  if (!db_.awaits()) db_.send(fetch_.c_str());
  rows_ = db_.receive();
  last_ = rows_.rows() < at_a_time_;
  started_ |= rows_.rows() > 0;
  return rows_.rows() > 0;
}

void Stream::close() { db_.script("CLOSE rows"); }

void Stream::ahead() {
  if (!last_) db_.send(fetch_.c_str());
}

}  // namespace tapedeck::postgres
