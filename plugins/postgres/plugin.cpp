#include "storage.hpp"

TDK_PLUGINS(tapedeck::postgres::PostgresStorage)
