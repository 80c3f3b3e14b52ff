#include "subscriptions.hpp"

#include <algorithm>

namespace polygon {

bool Subscriptions::add(const std::string &param, Series series) {
  const auto [entry, is_new] = entries_.try_emplace(param);
  entry->second.series.push_back(std::move(series));
  if (is_new) queue_.push_back({true, param});
  return entry->second.acknowledged;
}

bool Subscriptions::remove(const tdk_series &series) {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    auto &all = entry->second.series;
    const auto hit = std::find_if(all.begin(), all.end(), [&](const Series &s) { return s->is(series); });
    if (hit == all.end()) continue;
    all.erase(hit);
    if (!all.empty()) return true;
    waiting_.erase(entry->first);
    queue_.push_back({false, entry->first});
    entries_.erase(entry);
    return true;
  }
  return false;
}

std::optional<std::string> Subscriptions::take(std::int64_t now_ns) {
  if (queue_.empty()) return {};
  const bool subscribes = queue_.front().subscribes;
  std::string params;
  for (std::size_t n = 0; n < kNamesPerMessage && !queue_.empty(); ++n) {
    if (queue_.front().subscribes != subscribes) break;
    const std::string param = std::move(queue_.front().param);
    queue_.pop_front();
    params += (params.empty() ? "" : ",") + param;
    if (subscribes && entries_.count(param) != 0) waiting_[param] = now_ns + kPatienceNs;
  }
  return std::string("{\"action\":\"") + (subscribes ? "subscribe" : "unsubscribe") +
         "\",\"params\":\"" + params + "\"}";
}

std::vector<const tapedeck::OwnedSeries *> Subscriptions::acknowledged(std::string_view param) {
  std::vector<const tapedeck::OwnedSeries *> out;
  const auto waits = waiting_.find(param);
  const auto entry = entries_.find(param);
  if (waits == waiting_.end() || entry == entries_.end()) return out;
  waiting_.erase(waits);
  entry->second.acknowledged = true;
  for (const Series &series : entry->second.series) out.push_back(series.get());
  return out;
}

std::vector<Subscriptions::Series> Subscriptions::overdue(std::int64_t now_ns) {
  std::vector<Series> out;
  for (auto waits = waiting_.begin(); waits != waiting_.end();) {
    if (now_ns < waits->second) {
      ++waits;
      continue;
    }
    const auto entry = entries_.find(waits->first);
    for (Series &series : entry->second.series) out.push_back(std::move(series));
    entries_.erase(entry);
    waits = waiting_.erase(waits);
  }
  return out;
}

std::vector<Subscriptions::Series> Subscriptions::forget_all() {
  std::vector<Series> out;
  for (auto &[param, entry] : entries_)
    for (Series &series : entry.series) out.push_back(std::move(series));
  entries_.clear();
  queue_.clear();
  waiting_.clear();
  return out;
}

}  // namespace polygon
