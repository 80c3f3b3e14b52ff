#include "kit/storage/ledger.hpp"

#include <algorithm>

namespace kit {
namespace {

bool say_the_same(const Entry &a, const Entry &b) {
  return a.state == b.state && a.error == b.error && a.tries == b.tries &&
         a.next_try == b.next_try && a.reason == b.reason;
}

void append(std::vector<Entry> &out, const Entry &said, std::int64_t from, std::int64_t to) {
  if (!out.empty() && out.back().to == from && say_the_same(out.back(), said)) {
    out.back().to = to;
    out.back().updated = std::max(out.back().updated, said.updated);
    return;
  }
  out.push_back(said);
  out.back().from = from;
  out.back().to = to;
}

std::vector<std::int64_t> edges_of(const std::vector<Entry> &a, const std::vector<Entry> &b) {
  std::vector<std::int64_t> edges;
  edges.reserve(2 * (a.size() + b.size()));
  for (const auto *list : {&a, &b})
    for (const Entry &e : *list) edges.insert(edges.end(), {e.from, e.to});
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

// The entries of one list, asked for ascending instants.
class Walk {
 public:
  explicit Walk(const std::vector<Entry> &list) : next_(list.begin()), end_(list.end()) {}
  const Entry *at(std::int64_t time) {
    while (next_ != end_ && next_->to <= time) ++next_;
    return next_ != end_ && next_->from <= time ? &*next_ : nullptr;
  }

 private:
  std::vector<Entry>::const_iterator next_, end_;
};

const Entry *stands(const Entry *known, const Entry *fresh) {
  if (!fresh) return known;
  bool yields = fresh->state == TDK_COVERAGE_FAILED && known && known->state != TDK_COVERAGE_FAILED;
  return yields ? known : fresh;
}

[[noreturn]] void refuse(std::uint64_t i, const std::string &what) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT, "storing coverage: entry " + std::to_string(i) + " " + what +
                                        "; nothing of this commit is stored");
}

// Only a failure has an error, tries and a next try; elsewhere they would keep equals apart.
Entry entry_of(const tdk_coverage &c) {
  Entry e;
  e.from = c.range.from;
  e.to = c.range.to;
  e.state = c.state;
  e.updated = c.updated;
  e.reason = tapedeck::sv(c.reason);
  if (c.state != TDK_COVERAGE_FAILED) return e;
  e.error = c.error;
  e.tries = c.tries;
  e.next_try = c.next_try;
  return e;
}

}  // namespace

std::vector<Entry> checked_entries(const tdk_commit &commit) {
  std::vector<Entry> entries;
  if (commit.coverage_count && !commit.coverage) refuse(0, "is missing");
  for (std::uint64_t i = 0; i < commit.coverage_count; ++i) {
    Entry e = entry_of(tapedeck::detail::at(commit.coverage, i, commit.coverage_stride));
    if (e.state < TDK_COVERAGE_PRESENT || e.state > TDK_COVERAGE_FAILED)
      refuse(i, "has the unknown state " + std::to_string(e.state));
    if (e.from >= e.to) refuse(i, "covers nothing");
    if (!entries.empty() && e.from < entries.back().to)
      refuse(i, "begins before the last one ends");
    entries.push_back(std::move(e));
  }
  return entries;
}

// Between two edges that follow each other neither list changes its mind.
std::vector<Entry> merge_ledger(const std::vector<Entry> &known, const std::vector<Entry> &fresh) {
  std::vector<std::int64_t> edges = edges_of(known, fresh);
  std::vector<Entry> out;
  Walk old_walk(known), new_walk(fresh);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i)
    if (const Entry *e = stands(old_walk.at(edges[i]), new_walk.at(edges[i])))
      append(out, *e, edges[i], edges[i + 1]);
  return out;
}

std::vector<Entry> cut_ledger(const std::vector<Entry> &known, std::int64_t before) {
  std::vector<Entry> out;
  for (const Entry &e : known)
    if (e.to > before) append(out, e, std::max(e.from, before), e.to);
  return out;
}

}  // namespace kit
