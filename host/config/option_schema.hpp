// JSON Schema of the options of one module: a part of config_schema().
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "base/option_spec.hpp"

namespace tapedeck {

// The schema of a map with these options; dotted keys become nested maps.
boost::json::object options_schema(const std::vector<OptionSpec> &specs);

// What `schema` takes, or a text with a reference, whose value only the host knows.
boost::json::object or_reference(boost::json::object schema);

}  // namespace tapedeck
