// Descriptors as JSON: from the probe's child to its parent, and in the verdict cache.
#pragma once

#include <boost/json/value.hpp>

#include "plugins/descriptor.hpp"

namespace tapedeck {

boost::json::value to_json(const ModuleInfo &module);
// Throws std::exception when it is not what to_json() makes.
ModuleInfo module_from_json(const boost::json::value &json);

boost::json::array to_json(const std::vector<std::string> &texts);
std::vector<std::string> texts_from_json(const boost::json::value &json);

}  // namespace tapedeck
