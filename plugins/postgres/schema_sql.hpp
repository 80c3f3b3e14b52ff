// What the migrations run. Every name is looked up in the session's search_path, which is the store's schema.
#pragma once

#include <string>

namespace tapedeck::postgres {

std::string tables_sql(bool partitioned);
std::string views_sql();
std::string functions_sql();

}  // namespace tapedeck::postgres
