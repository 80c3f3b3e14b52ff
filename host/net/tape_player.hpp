// Plays a tape in place of the network.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/line_stream.hpp"
#include "net/tape_recorder.hpp"
#include "net/web_socket.hpp"

namespace tapedeck {

// Lifecycle: outlives nothing; what it opened goes on without it. Threads: any.
class TapePlayer {
 public:
  // Reads what the folder holds. `speed`: 1 as recorded, 2 twice as fast, 0 as fast as it is asked for.
  // Throws Error: TDK_IO, TDK_NOT_FOUND (no recording in it), TDK_BAD_DATA naming file and line.
  TapePlayer(const std::filesystem::path &folder, double speed, Clock &clock);
  ~TapePlayer();

  // The n-th opening of a path by a plugin gets the n-th recorded one. Throws Error(TDK_UNAVAILABLE): there
  // are no more.
  std::unique_ptr<WebSocket> open_web_socket(const TapeSubject &subject, std::string_view url);
  std::unique_ptr<LineStream> open_lines(const TapeSubject &subject, std::string_view url);

  // The recorded answers to method and URL in their order, then the last one again. Throws
  // Error(TDK_UNAVAILABLE): there is none.
  void answer(const TapeSubject &subject, std::string_view method, std::string_view url, HttpAnswer &out);

 private:
  struct Answers {
    std::vector<std::pair<std::filesystem::path, std::int64_t>> places;  // file and offset
    std::size_t next = 0;
  };
  void load(const std::filesystem::path &file);
  std::filesystem::path take_track(const TapeSubject &subject, const std::string &stream, std::string_view url);

  const double speed_;
  Clock &clock_;
  std::mutex mutex_;  // of what follows
  std::map<std::string, std::deque<std::filesystem::path>> tracks_;  // by plugin, stream and path
  std::map<std::string, Answers> answers_;                           // by plugin, method and URL
};

}  // namespace tapedeck
