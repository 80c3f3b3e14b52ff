// The tables, as numbered migrations, and the check that a schema is ours to migrate.
#pragma once

#include "connection.hpp"

namespace tapedeck::postgres {

inline constexpr std::int64_t kSchemaVersion = 2;

// What the candles' table is made of; decided when it is made.
enum class Layout { Partitions, Hypertable };

// Brings the schema to kSchemaVersion, all in one transaction; of several processes one does it and the
// others wait. Never drops what is there. With read_only it only looks. Throws when the schema belongs to
// another application, to a newer Tapedeck, or, for readers, to an older one.
void migrate(Connection &db);

Layout layout_of(Connection &db);

}  // namespace tapedeck::postgres
