// Records on disk while the store is away: written at one end, read at the other, in order.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "live/spool_segment.hpp"
#include "market/time.hpp"

namespace tapedeck {

struct SpoolSettings {
  std::filesystem::path directory;  // files NNNNNNNN.seg and NNNNNNNN.bad
  std::uint64_t limit = 1ULL << 30;
  std::uint64_t segment_bytes = 16ULL << 20;
  Nanos sync_every = 250'000'000;
  bool make_now = true;  // else with the first record
};

// Lifecycle: takes over the segments that an earlier process left; the destructor leaves what is unread
// for the next one and removes the directory when nothing is in it.
// Threads: any; one reads at a time.
// Failures: the constructor throws TDK_BUSY when another process has the directory. What a kill left
// half-written ends its segment; what is damaged is moved to *.bad, after all that is sound in it was
// read; a segment of an unknown version is left alone. All three are logged.
class Spool {
 public:
  Spool(SpoolSettings settings, Clock &clock);
  ~Spool();
  Spool(const Spool &) = delete;
  Spool &operator=(const Spool &) = delete;

  enum class Answer { Kept, Full, Unwritable };
  Answer append(std::string_view payload);
  std::string problem() const;  // why the last append was Unwritable
  void sync_when_due();

  // The next record that was not read yet; false: none at the moment.
  bool read(std::string &payload);
  void condemn();  // the record read last is of no use: its segment will be kept as *.bad
  void release();  // all that was read is in the store: what is used up is deleted
  void rewind();   // it is not: read() begins again after the last release()
  bool drained() const;  // all was read and released
  std::uint64_t bytes() const;  // of the segments that were not released

  // Keeps a record that nobody will ask for again, as *.bad. False when it cannot be written.
  bool set_aside(std::string_view payload);

 private:
  class File;
  struct Segment {
    std::uint64_t number;
    std::uint64_t size;
    std::shared_ptr<File> file;  // open while it is read or written
    bool damaged = false;
    bool head_checked = false;
  };
  struct Place {
    std::size_t segment = 0;  // index into segments_
    std::uint64_t offset = kSegmentHead;
  };

  bool open_directory();
  bool adopt_segments();
  std::filesystem::path path_of(std::uint64_t number, const char *suffix) const;
  std::shared_ptr<File> create(std::uint64_t number, const char *suffix);
  bool write_record(std::string_view payload);
  bool start_segment();
  bool open_for_reading(Segment &segment);
  void end_early(Segment &segment, std::uint64_t at, const char *why);
  void drop_first();
  std::uint64_t bytes_now() const;
  bool refuse(const std::string &what, int error);
  void note_sync(int result);

  const SpoolSettings settings_;
  Clock &clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<File> lock_;  // of the directory; NULL: not there yet
  std::deque<Segment> segments_;
  std::uint64_t next_number_ = 1;
  std::shared_ptr<File> writing_;  // of segments_.back()
  Place read_, released_;
  bool unsynced_ = false, said_unsynced_ = false;
  Nanos synced_at_ = 0;
  std::string problem_;
};

}  // namespace tapedeck
