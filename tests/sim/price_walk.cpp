#include "sim/price_walk.hpp"

#include <algorithm>
#include <cmath>

#include "sim/hashing.hpp"

namespace tapedeck::sim {
namespace {

constexpr int kFraction = 32;
constexpr double kOne = 4294967296.0;
constexpr int kTableBits = 10;
constexpr std::size_t kTableSize = 1 << kTableBits;
constexpr int kTableShift = 31;

using Table = std::array<std::int64_t, kTableSize + 1>;

const Table &exp2_table() {
  static const Table table = [] {
    Table made{};
    for (std::size_t i = 0; i <= kTableSize; ++i)
      made[i] = std::llround(std::exp2(static_cast<double>(i) / kTableSize) *
                             static_cast<double>(std::int64_t{1} << kTableShift));
    return made;
  }();
  return table;
}

/// 2^x, rounded, at least 1; x with 32 fractional bits, below 2^31.
std::int64_t exp2_ticks(const Table &table, std::int64_t x) {
  x = std::clamp<std::int64_t>(x, 0, std::int64_t{31} << kFraction);
  constexpr int rest_bits = kFraction - kTableBits;
  const auto index = static_cast<std::size_t>(x >> rest_bits) % kTableSize;
  const std::int64_t rest = x & ((std::int64_t{1} << rest_bits) - 1);
  const std::int64_t low = table[index];
  const std::int64_t value = low + ((table[index + 1] - low) * rest >> rest_bits);
  const std::int64_t half = std::int64_t{1} << (kTableShift - 1);
  return std::max<std::int64_t>(1, ((value << (x >> kFraction)) + half) >> kTableShift);
}

}  // namespace

PriceWalk::PriceWalk(std::uint64_t key, double base_ticks, double sigma)
    : key_(key), base_(std::llround(std::log2(base_ticks) * kOne)) {
  // The midpoint of a bridge over 2*l minutes deviates by sigma * sqrt(l / 2); a uniform variable
  // of that deviation spans sqrt(3) times as much to either side.
  const double in_log2 = sigma / std::log(2.0);
  for (std::size_t level = 0; level < amplitude_.size(); ++level) {
    const double half = std::exp2(static_cast<double>(level));
    amplitude_[level] = std::llround(in_log2 * std::sqrt(half / 2.0) * std::sqrt(3.0) * kOne);
  }
}

std::int64_t PriceWalk::knot(std::int64_t index) const {
  const auto h = static_cast<std::int32_t>(
      hash_at(key_ ^ 0x6b6e6f74, static_cast<std::uint64_t>(index)) & 0xffffffffU);
  return base_ + h / 4;  // up to a factor 2^(1/8) off the base
}

std::int64_t PriceWalk::displaced(std::int64_t left, std::int64_t right, std::int64_t middle,
                                  int level) const {
  const auto h =
      static_cast<std::int32_t>(hash_at(key_, static_cast<std::uint64_t>(middle)) & 0xffffffffU);
  const std::int64_t shift = amplitude_[static_cast<std::size_t>(level)] * (h >> 8) >> 23;
  return ((left + right) >> 1) + shift;
}

void PriceWalk::block(std::int64_t block, Prices &prices) const {
  const std::int64_t first = block * kBlock;
  std::int64_t left_at = first >> kTopLevel << kTopLevel;
  std::int64_t left = knot(left_at);
  std::int64_t right = knot(left_at + (std::int64_t{1} << kTopLevel));
  int level = kTopLevel - 1;
  for (; (std::int64_t{1} << level) >= kBlock; --level) {
    const std::int64_t middle_at = left_at + (std::int64_t{1} << level);
    const std::int64_t middle = displaced(left, right, middle_at, level);
    if (first >= middle_at) {
      left_at = middle_at;
      left = middle;
    } else {
      right = middle;
    }
  }
  prices.front() = left;
  prices.back() = right;
  for (; level >= 0; --level) {
    const auto half = std::size_t{1} << level;
    for (std::size_t at = half; at < kBlock; at += 2 * half)
      prices[at] = displaced(prices[at - half], prices[at + half],
                             first + static_cast<std::int64_t>(at), level);
  }
  const Table &table = exp2_table();
  for (std::int64_t &price : prices) price = exp2_ticks(table, price);
}

}  // namespace tapedeck::sim
