// What the migrations run. Every name is looked up in the session's search_path, which is the store's schema.
#pragma once

#include <string>

namespace tapedeck::postgres {

std::string tables_sql(bool partitioned);
std::string views_sql();
std::string functions_sql();
std::string outbox_sql();  // of migration 2; the others are 1

}  // namespace tapedeck::postgres
