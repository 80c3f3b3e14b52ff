// What librdkafka's errors mean for an event.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>

#include <tapedeck/plugin.hpp>

namespace tapedeck::kafka {

// TDK_INVALID_ARGUMENT: that event, or another of its batch, will never be taken. Anything else: it is to be tried again.
tdk_status status_of(rd_kafka_resp_err_t error) noexcept;

// "TOPIC_AUTHORIZATION_FAILED (Broker: Topic authorization failed); allow Write on it", of a topic or of all.
std::string text_of(rd_kafka_resp_err_t error);

// Nothing of a stranger's but printable characters, at most `most` of them.
std::string printable(std::string_view text, std::size_t most = 200);

}  // namespace tapedeck::kafka
