// How many things happened in the last minute.
#pragma once

#include <array>
#include <cstdint>

namespace tapedeck {

// Sixty buckets of a second each. Threads: the owner's lock.
class MinuteCounter {
 public:
  void add(std::int64_t mono_ns) { bucket(mono_ns / kSecondNs).count += 1; }
  std::uint64_t total(std::int64_t mono_ns) const {
    const std::int64_t now = mono_ns / kSecondNs;
    std::uint64_t n = 0;
    for (const Bucket &b : buckets_)
      if (b.second > now - kBuckets && b.second <= now) n += b.count;
    return n;
  }

 private:
  static constexpr std::int64_t kSecondNs = 1'000'000'000;
  static constexpr std::int64_t kBuckets = 60;
  struct Bucket {
    std::int64_t second = INT64_MIN;
    std::uint64_t count = 0;
  };
  Bucket &bucket(std::int64_t second) {
    Bucket &b = buckets_[static_cast<std::size_t>(second % kBuckets)];
    if (b.second != second) b = {second, 0};
    return b;
  }
  std::array<Bucket, kBuckets> buckets_{};
};

}  // namespace tapedeck
