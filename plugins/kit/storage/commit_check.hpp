// What must not be stored of a commit. Pure: no database here.
#pragma once

#include <tapedeck/plugin.hpp>

namespace kit {

// -18 to 18: what an int64 can be counted in.
inline bool is_exponent(std::int32_t exp) { return exp >= -18 && exp <= 18; }

// Throws TDK_INVALID_ARGUMENT: no series, symbol or source; rows out of order, a missing column or
// price, an exponent beyond 18 digits. The ledger's entries are checked by checked_entries().
void check_commit(const tdk_commit &commit);

// Throws TDK_INVALID_ARGUMENT: as above; former values that say not when they were replaced, or descend.
void check_kept(const tdk_series &series, const tdk_kept_candles &kept);

// Throws TDK_INVALID_ARGUMENT: no symbol, no sequence, an exponent beyond 18 digits, no source.
void check_ticks(const tdk_commit_batch &batch);

}  // namespace kit
