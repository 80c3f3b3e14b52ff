// Figures that are counted elsewhere, as Prometheus reads them.
#pragma once

#include <string>

namespace tapedeck {

// Text format 0.0.4, family by family. Threads: one at a time.
class Exposition {
 public:
  void family(const std::string &name, const char *type, const char *help);
  // A sample of the family begun last; `labels` as metric_label() makes them, with commas.
  void sample(const std::string &labels, double value);
  void one(const std::string &name, const char *type, const char *help, double value);  // without labels
  std::string take() { return std::move(text_); }

 private:
  std::string name_, text_;
};

std::string metric_label(const char *name, const std::string &value);  // name="value"

}  // namespace tapedeck
