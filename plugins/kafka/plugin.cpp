#include "kafka.hpp"

TDK_PLUGINS(tapedeck::kafka::Kafka)
