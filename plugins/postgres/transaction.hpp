// Transactions, tried again where that may help.
#pragma once

#include "connection.hpp"

#include <functional>

namespace tapedeck::postgres {

struct Attempt {
  // Before the transaction, on an open connection.
  std::function<void()> prepare = [] {};
  std::function<void()> body;
  // After a transaction that was rolled back: what it had handed out is no more.
  std::function<void()> undone = [] {};
  // False: what was done cannot be done twice, rows were handed on for one.
  std::function<bool()> repeatable = [] { return true; };
};

// Connects, begins, runs, commits. A serialization failure, a deadlock or a lost connection leads to another
// attempt, after a pause of random length; ten in all. A commit whose answer was lost is done again: the
// storage contract makes the second one change nothing.
void in_transaction(Connection &db, const char *begin, const Attempt &attempt);

inline constexpr const char *kRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
inline constexpr const char *kWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

}  // namespace tapedeck::postgres
