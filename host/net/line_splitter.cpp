#include "net/line_splitter.hpp"

namespace tapedeck {

void LineSplitter::append(std::string_view bytes) {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }
  buffer_ += bytes;
}

std::optional<std::string_view> LineSplitter::next() {
  if (too_long_) return std::nullopt;
  const std::size_t end = buffer_.find('\n', searched_);
  if (end == std::string::npos) searched_ = buffer_.size();
  std::string_view line = std::string_view(buffer_).substr(begin_);
  if (end != std::string::npos) line = line.substr(0, end - begin_);
  if (end != std::string::npos && !line.empty() && line.back() == '\r') line.remove_suffix(1);
  // A \r that is still to get its \n is no part of the line.
  const bool half_end = end == std::string::npos && line.ends_with('\r');
  too_long_ = line.size() > limit_ + (half_end ? 1 : 0);
  if (too_long_ || end == std::string::npos) return std::nullopt;
  begin_ = searched_ = end + 1;
  return line;
}

}  // namespace tapedeck
