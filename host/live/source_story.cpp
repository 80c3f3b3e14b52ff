#include "live/source_story.hpp"

#include <algorithm>
#include <utility>

namespace tapedeck {

std::size_t SourceStory::place(const std::string &source) const {
  return static_cast<std::size_t>(std::find(sources_.begin(), sources_.end(), source) - sources_.begin());
}

std::string_view SourceStory::next(StreamState state, const std::string &source) {
  if (state == StreamState::Stopped) return "stopped";
  if (state != StreamState::Connected) {
    const bool lost = source == connected_ && std::exchange(up_, false);
    return state == StreamState::Error ? "refused" : lost ? "lost" : "away";
  }
  const std::string before = std::exchange(connected_, source);
  const bool was_up = std::exchange(up_, true);
  if (before.empty()) return "connected";
  if (before != source) return place(source) < place(before) ? "returned" : "failed_over";
  return was_up ? "renewed" : "reconnected";
}

}  // namespace tapedeck
