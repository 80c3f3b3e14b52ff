#include "stream_commands.hpp"

#include <algorithm>

namespace binance {

void StreamCommands::subscribe_in_halves(const std::vector<std::string> &streams) {
  const std::int64_t first = ++last_piece_, second = ++last_piece_;
  for (std::size_t i = 0; i < streams.size(); ++i)
    queue_.push_back({true, streams[i], i < streams.size() / 2 ? first : second});
}

std::optional<std::string> StreamCommands::take(std::int64_t now_ns) {
  if (queue_.empty() || now_ns < not_before_ns_) return {};
  Batch batch{queue_.front().subscribes, {}, now_ns + kPatienceNs};
  const std::int64_t piece = queue_.front().piece;
  std::string names;
  while (!queue_.empty() && queue_.front().subscribes == batch.subscribes &&
         queue_.front().piece == piece && batch.streams.size() < kNamesPerMessage) {
    names += (names.empty() ? "\"" : ",\"") + queue_.front().stream + "\"";
    batch.streams.push_back(std::move(queue_.front().stream));
    queue_.pop_front();
  }
  const std::string method = batch.subscribes ? "SUBSCRIBE" : "UNSUBSCRIBE";
  not_before_ns_ = now_ns + kSpacingNs;
  waiting_.emplace(++last_id_, std::move(batch));
  return "{\"method\":\"" + method + "\",\"params\":[" + names +
         "],\"id\":" + std::to_string(last_id_) + "}";
}

std::optional<StreamCommands::Batch> StreamCommands::answered(std::int64_t id) {
  const auto hit = waiting_.find(id);
  if (hit == waiting_.end()) return {};
  Batch batch = std::move(hit->second);
  waiting_.erase(hit);
  return batch;
}

bool StreamCommands::awaits(const std::string &stream) const {
  const auto among = [&](const Batch &b) {
    return b.subscribes && std::find(b.streams.begin(), b.streams.end(), stream) != b.streams.end();
  };
  return std::any_of(queue_.begin(), queue_.end(),
                     [&](const Wish &w) { return w.subscribes && w.stream == stream; }) ||
         std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const auto &entry) { return among(entry.second); });
}

const StreamCommands::Batch *StreamCommands::overdue(std::int64_t now_ns) const {
  for (const auto &[id, batch] : waiting_)
    if (now_ns >= batch.due_ns) return &batch;
  return nullptr;
}

std::int64_t StreamCommands::idle_for(std::int64_t now_ns, std::int64_t longest_ns) const {
  std::int64_t idle = longest_ns;
  if (!queue_.empty()) idle = std::min(idle, not_before_ns_ - now_ns);
  for (const auto &[id, batch] : waiting_) idle = std::min(idle, batch.due_ns - now_ns);
  return std::max<std::int64_t>(idle, 0);
}

}  // namespace binance
