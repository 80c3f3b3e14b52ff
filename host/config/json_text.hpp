// JSON as people read it.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace tapedeck {

// Two spaces a level, members in the order they were added, a newline at the end.
std::string pretty_json(const boost::json::value &value);

}  // namespace tapedeck
