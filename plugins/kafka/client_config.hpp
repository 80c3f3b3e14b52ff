// Our options as librdkafka's.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

#include "settings.hpp"

namespace tapedeck::kafka {

using ClientConfig = std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)>;

// For one producer, without its callbacks. `batch_events`: no batch holds more of them; 0: as many as fit.
// Throws TDK_INVALID_ARGUMENT, when this librdkafka does not take one of them; never shows its value.
ClientConfig make_client_config(const Settings &settings, int batch_events = 0);

}  // namespace tapedeck::kafka
