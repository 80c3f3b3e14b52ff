#include "stream.hpp"

namespace tapedeck::postgres {
namespace {
constexpr const char *kFetch = "FETCH FORWARD 2048 FROM rows";
constexpr int kRows = 2048;
}  // namespace

Stream::Stream(Connection &db, const Cancel &cancel, bool &started, const char *sql, const Params &params)
    : db_(db), cancel_(cancel), started_(started) {
  db_.once(sql, params);
}

bool Stream::next() {
  if (last_) return false;
  cancel_.check();
  if (!db_.awaits()) db_.send(kFetch);
  rows_ = db_.receive();
  last_ = rows_.rows() < kRows;
  started_ |= rows_.rows() > 0;
  return rows_.rows() > 0;
}

void Stream::ahead() {
  if (!last_) db_.send(kFetch);
}

}  // namespace tapedeck::postgres
