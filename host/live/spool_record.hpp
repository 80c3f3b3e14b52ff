// A batch as bytes, for the spool: little endian, strings with their length before them. `rows` and
// `oldest` are not in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "live/delivery_batch.hpp"

namespace tapedeck {

std::string encode_batch(const DeliveryBatch &batch);

// Nothing when the bytes are not what encode_batch() wrote; never throws for what they say.
std::optional<DeliveryBatch> decode_batch(std::string_view bytes);

}  // namespace tapedeck
