#include "ingest/copy/tick_copy.hpp"

#include "ingest/copy/kept_difference.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kFirstWidth = kHour;

// Whatever the order they came in: a sum of one word for each.
std::uint64_t word_of(const std::string &source, const std::string &version, const Tick &t) {
  std::uint64_t sum = mixed(checksum_of(source), checksum_of(version));
  for (const std::int64_t cell : {t.time, t.sequence, t.bid, t.ask, t.last, t.bid_size, t.ask_size, t.last_size, t.volume,
                                  t.trades, std::int64_t{t.price_exp}, std::int64_t{t.size_exp}, std::int64_t{t.volume_exp},
                                  std::int64_t{t.flags}})
    sum = mixed(sum, static_cast<std::uint64_t>(cell));
  return sum;
}

}  // namespace

TimeRange TickCopy::extent(Storage &store, const std::string &symbol) const {
  return patiently(ports_, [&] {
    TimeRange out{INT64_MAX, INT64_MIN};
    for (const bool trades : {false, true})
      for (const bool newest : {false, true}) {
        const auto take = [&](const Tick &t) {
          out = {std::min(out.from, t.time), std::max(out.to, t.time + 1)};
          return false;
        };
        try {
          store.query_ticks({symbol, trades, kWholeTime, 1, newest}, take, ports_.cancel);
        } catch (const Error &e) {
          if (e.code() != TDK_NOT_FOUND) throw;
        }
      }
    return out.empty() ? TimeRange{} : out;
  });
}

bool TickCopy::read(Storage &store, const std::string &symbol, const SliceWalk &walk, Slice &out) const {
  throw_when_cancelled(ports_);
  return patiently(ports_, [&] {
    out.clear();
    const auto take = [&](const KeptTicks &kept) {
      for (const Tick &t : kept.ticks) out[{t.trade(), kept.source, t.sequence}] = {kept.source_version, t};
      return out.size() <= walk.limit();
    };
    try {
      store.transfer().read_ticks(symbol, walk.piece(), take, ports_.cancel);
    } catch (const Error &e) {
      if (e.code() != TDK_NOT_FOUND) throw;
    }
    return out.size() <= walk.limit();
  });
}

std::uint64_t TickCopy::copy(const std::string &symbol) {
  std::uint64_t written = 0;
  SliceWalk walk(extent(ports_.from, symbol), kFirstWidth, {}, ports_.slice_rows);
  while (walk.more()) {
    if (!read(ports_.to, symbol, walk, to_) || !read(ports_.from, symbol, walk, from_)) {
      walk.halve();
      continue;
    }
    written += write_missing(symbol);
    ports_.progress.rows += from_.size();
    walk.advance(from_.size());
  }
  return written;
}

// One transaction for each source and version. One that is there under its key stays as it is.
std::uint64_t TickCopy::write_missing(const std::string &symbol) const {
  std::map<std::pair<std::string, std::string>, CommitBatch> batches;
  for (const auto &[key, kept] : from_) {
    if (to_.contains(key)) continue;
    CommitBatch &batch = batches[{key.source, kept.version}];
    if (batch.ticks.empty()) batch.ticks.push_back({symbol, {}});
    batch.ticks.front().ticks.push_back(kept.tick);
  }
  std::uint64_t written = 0;
  for (auto &[origin, batch] : batches) {
    batch.source = origin.first;
    batch.source_version = origin.second;
    patiently(ports_, [&] { return ports_.to.commit_batch(batch); });
    written += batch.ticks.front().ticks.size();
  }
  return written;
}

CopyPart TickCopy::compare(const std::string &symbol) {
  CopyPart part;
  part.kind = CopyPart::Kind::Ticks;
  part.name = symbol;
  const TimeRange here = extent(ports_.from, symbol), there = extent(ports_.to, symbol);
  const TimeRange both = here.empty() ? there : there.empty() ? here : TimeRange{std::min(here.from, there.from), std::max(here.to, there.to)};
  if (!here.empty()) part.first = here.from, part.last = here.to - 1;
  SliceWalk walk(both, kFirstWidth, {}, ports_.slice_rows);
  while (walk.more()) {
    if (!read(ports_.to, symbol, walk, to_) || !read(ports_.from, symbol, walk, from_)) {
      walk.halve();
      continue;
    }
    note(part, from_, to_);
    ports_.progress.rows += from_.size();
    walk.advance(std::max(from_.size(), to_.size()));
  }
  return part;
}

void TickCopy::note(CopyPart &part, const Slice &from, const Slice &to) {
  for (const auto &[key, kept] : from) {
    ++part.rows;
    part.checksum += word_of(key.source, kept.version, kept.tick);
    const auto there = to.find(key);
    if (there == to.end()) {
      part.missing.add(kept.tick.time);
    } else if (!(there->second == kept)) {
      (there->second.tick == kept.tick ? part.other_origin : part.different).add(kept.tick.time);
    }
  }
  for (const auto &[key, kept] : to) {
    part.checksum_there += word_of(key.source, kept.version, kept.tick);
    if (!from.contains(key)) part.extra.add(kept.tick.time);
  }
}

}  // namespace tapedeck
