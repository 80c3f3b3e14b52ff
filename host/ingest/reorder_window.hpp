// Pages back in the order they were asked for, as far as a few places reach.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>

#include "ingest/chunk.hpp"

namespace tapedeck {

// Parallel requests overtake each other, and a store takes rows at the end of a series faster than
// rows that belong in the middle: a page that comes early waits for those asked before it. When all
// places are taken, or at the end, whoever was asked first goes on: a page that never comes (its
// worker was cancelled) or comes late holds up no more than that.
// Threads: one at a time.
class ReorderWindow {
 public:
  using Page = std::unique_ptr<ChunkResult>;
  explicit ReorderWindow(std::size_t places) : places_(places) {}

  void put(Page &&page);
  // The page whose turn it is; nothing when it has to be waited for.
  Page next();
  // No page comes any more: next() hands over all that is left.
  void end() { places_ = 0; }

 private:
  std::size_t places_;
  std::uint64_t turn_ = 0;  // the page that follows those handed over
  std::map<std::uint64_t, Page> waiting_;
};

inline void ReorderWindow::put(Page &&page) {
  const std::uint64_t order = page->order;
  waiting_.emplace(order, std::move(page));
}

inline ReorderWindow::Page ReorderWindow::next() {
  const auto first = waiting_.begin();
  if (first == waiting_.end()) return nullptr;
  if (first->first > turn_ && waiting_.size() <= places_) return nullptr;
  turn_ = std::max(turn_, first->first + 1);
  Page page = std::move(first->second);
  waiting_.erase(first);
  return page;
}

}  // namespace tapedeck
