// The tables, as numbered migrations, and the check that a file is ours to migrate.
#pragma once

#include "database.hpp"

namespace tapedeck::sqlite {

inline constexpr std::int64_t kApplicationId = 0x5450444b;  // "TPDK"
inline constexpr std::int64_t kSchemaVersion = 4;

// Throws when the file belongs to another application or to a newer Tapedeck. Writes nothing.
// Returns the schema's version, 0 for a file without tables.
std::int64_t identify(Database &db);

// Brings the schema to kSchemaVersion, one transaction per migration. Never drops what is there.
void migrate(Database &db);

}  // namespace tapedeck::sqlite
