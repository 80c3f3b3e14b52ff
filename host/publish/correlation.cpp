#include "publish/correlation.hpp"

#include <cstdio>
#include <random>

namespace tapedeck {
namespace {

std::string hex(std::uint64_t value, int width) {
  char text[20];
  const int size = std::snprintf(text, sizeof text, "%0*llx", width, static_cast<unsigned long long>(value));
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

CorrelationIds::CorrelationIds() {
  std::random_device random;
  process_ = hex(std::uint64_t{random()} << 32 | random(), 16) + "-";
}

std::string CorrelationIds::next() { return process_ + hex(++number_, 0); }

}  // namespace tapedeck
