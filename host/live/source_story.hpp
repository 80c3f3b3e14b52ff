// What the statuses of one connection mean for its sources, one after the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "live/live_hub.hpp"

namespace tapedeck {

// Threads: one.
class SourceStory {
 public:
  explicit SourceStory(std::vector<std::string> sources) : sources_(std::move(sources)) {}  // in order of preference

  // connected: for the first time; reconnected: after a loss; renewed: a new connection in place of the old one;
  // failed_over, returned: to this source from another one, less or more preferred; lost: the connection was there;
  // away: it did not come about; refused: and trying again will not help; stopped.
  std::string_view next(StreamState state, const std::string &source);

 private:
  std::size_t place(const std::string &source) const;

  std::vector<std::string> sources_;
  std::string connected_;  // who was, last
  bool up_ = false;        // and still is
};

}  // namespace tapedeck
