// Symbols and economic events as rows of their tables.
#pragma once

#include "database.hpp"

namespace tapedeck::sqlite {

// Inside a write transaction: inserts the row, or replaces one that was fetched no later.
void store_fact(Database &db, std::int64_t source, std::int64_t fetched_at, const tdk_symbol &symbol);
void store_fact(Database &db, std::int64_t source, std::int64_t fetched_at, const tdk_calendar_event &event);

// In the order of the columns of kSymbols and kEvents; borrows the row.
extern const char *const kSymbols;
extern const char *const kEvents;
tdk_symbol symbol_of(const Use &row);
tdk_calendar_event event_of(const Use &row);

}  // namespace tapedeck::sqlite
