#include "publish/testing/memory_outbox.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck::testing {

void MemoryOutboxes::announce(const char *function) const {
  if (on_call) on_call(function);
}

bool MemoryOutboxes::suits(const OutboxEntry &e, const OutboxRequest &r) {
  const auto is = [](const std::string &wanted, const std::string &have) { return wanted.empty() || wanted == have; };
  return e.state == r.state && is(r.sink, e.sink) && is(r.type, e.type) && is(r.key, e.key) && (r.id == 0 || r.id == e.id) &&
         e.id > r.after && (!r.created_before || e.created < *r.created_before);
}

std::uint64_t MemoryOutboxes::put(const std::string &sink, const std::string &key, const std::string &payload, Nanos created) {
  std::lock_guard lock(mutex_);
  ++last_;
  entries_[last_] = {last_, OutboxState::Waiting, sink, "candle", key, 0, payload, created, 0, ""};
  return last_;
}

void MemoryOutboxes::put_late(std::uint64_t id, const std::string &sink, const std::string &key, const std::string &payload) {
  std::lock_guard lock(mutex_);
  entries_[id] = {id, OutboxState::Waiting, sink, "candle", key, 0, payload, 0, 0, ""};
}

void MemoryOutboxes::claim(const std::string &sink, const std::string &owner, Nanos now, Nanos until) {
  announce("claim");
  std::lock_guard lock(mutex_);
  Claim &claim = claims_[sink];
  if (claim.owner != owner && claim.until > now) throw Error(TDK_BUSY, "claimed by " + claim.owner);
  claim = {owner, until};
}

std::vector<OutboxEntry> MemoryOutboxes::read(const OutboxRequest &request) {
  announce("read");
  std::lock_guard lock(mutex_);
  std::vector<OutboxEntry> out;
  for (const auto &[id, entry] : entries_) {
    if (request.limit != 0 && out.size() == request.limit) break;
    if (suits(entry, request)) out.push_back(entry);
  }
  return out;
}

void MemoryOutboxes::settle(std::span<const OutboxOutcome> outcomes) {
  announce("settle");
  std::lock_guard lock(mutex_);
  for (const auto &o : outcomes) {
    const auto it = entries_.find(o.id);
    if (it == entries_.end() || it->second.state != OutboxState::Waiting) continue;
    if (o.kind == OutboxOutcome::Kind::Sent) {
      entries_.erase(it);
      continue;
    }
    ++it->second.tries;
    it->second.error = o.error;
    if (o.kind == OutboxOutcome::Kind::Dead) it->second.state = OutboxState::Dead;
  }
}

std::uint64_t MemoryOutboxes::replay(const OutboxRequest &request) {
  announce("replay");
  std::vector<OutboxEntry> found = read(request);
  std::lock_guard lock(mutex_);
  for (auto &e : found) {
    entries_.erase(e.id);
    e.id = ++last_;
    e.state = OutboxState::Waiting;
    e.tries = 0;
    e.error.clear();
    entries_[e.id] = e;
  }
  return found.size();
}

std::uint64_t MemoryOutboxes::purge(const OutboxRequest &request) {
  announce("purge");
  std::lock_guard lock(mutex_);
  return std::erase_if(entries_, [&](const auto &item) { return suits(item.second, request); });
}

std::vector<OutboxStat> MemoryOutboxes::stat() {
  announce("stat");
  std::lock_guard lock(mutex_);
  std::map<std::string, OutboxStat> by_sink;
  for (const auto &[id, e] : entries_) {
    OutboxStat &s = by_sink[e.sink];
    s.sink = e.sink;
    if (e.state == OutboxState::Dead) {
      ++s.dead;
      continue;
    }
    ++s.waiting;
    if (!s.oldest || e.created < *s.oldest) s.oldest = e.created;
  }
  std::vector<OutboxStat> out;
  for (auto &[sink, s] : by_sink) out.push_back(s);
  return out;
}

std::vector<OutboxEntry> MemoryOutboxes::all(OutboxState state) const {
  std::lock_guard lock(mutex_);
  std::vector<OutboxEntry> out;
  for (const auto &[id, e] : entries_)
    if (e.state == state) out.push_back(e);
  return out;
}

}  // namespace tapedeck::testing
