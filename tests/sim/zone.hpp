// Time zones that vendors answer in, as far as the simulator knows them: by the rules of today.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tapedeck::sim {

struct ZoneRule;

class Zone {
 public:
  /// By IANA name, case-sensitive.
  static std::optional<Zone> find(std::string_view name);
  static Zone utc();
  static Zone new_york();
  static Zone sydney();

  std::string_view name() const;
  /// What a clock there shows minus UTC, at a UTC time.
  std::int64_t offset_ms(std::int64_t utc_ms) const;
  /// UTC of what a clock there shows: the first of two where it is shown twice, near where never.
  std::int64_t to_utc(std::int64_t local_ms) const;

 private:
  explicit Zone(const ZoneRule &rule) : rule_(&rule) {}

  const ZoneRule *rule_;
};

}  // namespace tapedeck::sim
