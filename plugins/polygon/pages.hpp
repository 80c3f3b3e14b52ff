// The pages of one range of aggregates, one after the other.
#pragma once

#include "parse.hpp"
#include "session.hpp"

#include <cstdint>
#include <string>
#include <unordered_set>

namespace polygon {

struct RangeAsked {
  Ticker ticker;
  const Interval *interval = nullptr;
  std::int64_t from_ms = 0, to_ms = 0;  // opens of pieces, [from, to)
  bool newest_first = false;
  bool adjusted = false;
  std::uint64_t limit = 50'000;  // base aggregates a page
};

// Lifecycle: next() until there is no more. Threads: one.
// Failures: TDK_BAD_DATA when pages repeat each other, go back in time, or lead to another host.
class Pages {
 public:
  Pages(Session &session, const RangeAsked &asked);

  bool has_more() const { return !done_; }
  // One request. The page's bars are marked as forming where they may still change.
  Aggregates next(const tapedeck::Cancel &cancel);

 private:
  std::string first_path() const;
  void check_progress(const Aggregates &page);
  void mark_forming(Aggregates &page, std::int64_t asked_at_ms) const;

  Session &session_;
  const RangeAsked asked_;
  const std::string doing_;
  std::string next_url_;  // empty: the first page
  std::unordered_set<std::string> followed_;
  std::int64_t last_open_ms_ = 0;
  bool seen_ = false;
  int empty_pages_ = 0;
  bool done_ = false;
};

}  // namespace polygon
