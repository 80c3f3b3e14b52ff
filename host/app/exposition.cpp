#include "app/exposition.hpp"

#include <cstdio>

#include "base/text.hpp"

namespace tapedeck {

void Exposition::family(const std::string &name, const char *type, const char *help) {
  name_ = name;
  text_ += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void Exposition::sample(const std::string &labels, double value) {
  char number[32];
  std::snprintf(number, sizeof number, "%.17g", value);
  text_ += name_ + (labels.empty() ? "" : "{" + labels + "}") + " " + number + "\n";
}

void Exposition::one(const std::string &name, const char *type, const char *help, double value) {
  family(name, type, help);
  sample("", value);
}

std::string metric_label(const char *name, const std::string &value) {
  return std::string(name) + "=" + json_quoted(value);  // the same escapes as JSON's
}

}  // namespace tapedeck
