// A random walk over minutes that can be read anywhere at once: midpoint displacement (a Brownian
// bridge, halved again and again) in integer arithmetic, so that the same seed gives the same
// prices in every build.
#pragma once

#include <array>
#include <cstdint>

namespace tapedeck::sim {

class PriceWalk {
 public:
  /// Minutes made together; one value more, as a block ends where the next begins.
  static constexpr std::int64_t kBlock = 256;
  using Prices = std::array<std::int64_t, kBlock + 1>;

  /// `base_ticks` is the price it wanders about, `sigma` the deviation of one minute's log return.
  PriceWalk(std::uint64_t key, double base_ticks, double sigma);

  /// Prices in ticks (>= 1) at the minutes block * kBlock .. (block + 1) * kBlock; block >= 0.
  void block(std::int64_t block, Prices &prices) const;

 private:
  /// Distance of the outermost knots: 2^22 minutes, eight years.
  static constexpr int kTopLevel = 22;

  std::int64_t knot(std::int64_t index) const;
  std::int64_t displaced(std::int64_t left, std::int64_t right, std::int64_t middle,
                         int level) const;

  std::uint64_t key_;
  std::int64_t base_;  // log2 of ticks, 32 fractional bits
  std::array<std::int64_t, kTopLevel> amplitude_{};
};

}  // namespace tapedeck::sim
