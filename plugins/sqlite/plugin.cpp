#include "storage.hpp"

TDK_PLUGINS(tapedeck::sqlite::SqliteStorage)
