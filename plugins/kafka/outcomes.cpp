#include "outcomes.hpp"

#include <algorithm>
#include <unordered_set>

namespace tapedeck::kafka {

void Outcomes::fail(std::uint64_t index, tdk_status status, const std::string &why) {
  if (whys_.empty() || whys_.back() != why) whys_.push_back(why);
  fates_[index] = {Kind::Failed, status, whys_.size() - 1};
}

void Outcomes::fail_open(tdk_status status, const std::string &why) {
  for (std::uint64_t i = 0; i < events_.count; ++i)
    if (open(i)) fail(i, status, why);
}

bool Outcomes::any_open() const {
  return std::any_of(fates_.begin(), fates_.end(), [](const Fate &f) { return f.kind == Kind::Open; });
}

std::uint64_t Outcomes::report(EventFailures &failures) const {
  std::uint64_t told = 0;
  std::unordered_set<std::string_view> held_up;
  for (std::uint64_t i = 0; i < events_.count; ++i) {
    const Fate &fate = fates_[i];
    const std::string_view key = sv(events_[i].key);
    if (fate.kind == Kind::Taken) {
      if (!held_up.contains(key)) continue;
      failures.add(i, TDK_UNAVAILABLE, "taken, but before an earlier event of its key, which is to be tried again");
    } else {
      failures.add(i, fate.status, whys_[fate.why]);
      if (fate.status != TDK_INVALID_ARGUMENT) held_up.insert(key);
    }
    ++told;
  }
  return told;
}

}  // namespace tapedeck::kafka
