// Figures as JSON, and medians of rounds.
#pragma once

#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace tapedeck::bench {

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// A figure that has a required value, and whether it has it.
inline boost::json::object at_least(double value, double required) {
  return {{"value", value}, {"required_at_least", required}, {"meets", value >= required}};
}
inline boost::json::object at_most(double value, double required) {
  return {{"value", value}, {"required_at_most", required}, {"meets", value <= required}};
}

inline boost::json::array all_of(const std::vector<double> &values) {
  return boost::json::array(values.begin(), values.end());
}

}  // namespace tapedeck::bench
