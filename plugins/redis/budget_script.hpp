// One exchange of tapedeck.sharedbudget/1 as a Lua script: one atomic step in Redis, by Redis's clock.
#pragma once

namespace tapedeck::redis {

// KEYS[1]: the account. Times are microseconds. ARGV: host, take, priority, lease, epoch, hold, reason, patience,
// grace, lifetime of a lease; the number of limits and of each: name, kind, capacity, window, amount, alone, own,
// known; the number of ends and of each: lease, ago; the number of sights and of each: limit from 1, used, amount,
// finished before, window index or nothing.
// Answers an array: granted, epoch, wait, hosts, hold, reason, and of each limit: used, under way, finished, index.
extern const char *const kBudgetScript;

}  // namespace tapedeck::redis
