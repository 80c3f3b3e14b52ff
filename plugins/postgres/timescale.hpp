// Candles in a TimescaleDB hypertable.
#pragma once

#include "connection.hpp"

namespace tapedeck::postgres {

// Whether new tables shall be one, by the option and by what the database has.
bool wants_hypertable(Connection &db);

// Of the empty table `candle`: chunks, and how they are compressed. Inside the migration.
void make_hypertable(Connection &db);

// Brings the compression policy to what the options say, if it is not there already and this role owns the table.
void keep_policy(Connection &db);

// In a transaction that changes rows: compressed chunks are opened as far as it needs, however many rows
// that are; the policy compresses them again.
void allow_repair(Connection &db);

}  // namespace tapedeck::postgres
