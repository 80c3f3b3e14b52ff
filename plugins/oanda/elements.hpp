// The elements of an array, where the vendor's answers have to have one.
#pragma once

#include "kit/exact_json.hpp"

namespace oanda {

// Refuses everything else, and objects too.
inline kit::JsonValue::Children elements(kit::JsonValue value) {
  if (!value.is_array()) value.refuse("is not an array");
  return value.children();
}

}  // namespace oanda
