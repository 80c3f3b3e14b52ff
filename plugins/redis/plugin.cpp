#include "redis.hpp"

TDK_PLUGINS(tapedeck::redis::Redis)
