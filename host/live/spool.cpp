#include "live/spool.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

#include <tapedeck/layer/core.hpp>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

namespace fs = std::filesystem;

constexpr const char *kSegment = ".seg";
constexpr const char *kBad = ".bad";

bool write_all(int fd, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return true;
}

// The number of "00000012.seg"; 0: no file of ours.
std::uint64_t number_of(const fs::path &file) {
  const std::string stem = file.stem().string();
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return failed == std::errc{} && end == stem.data() + stem.size() ? number : 0;
}

// The name of a directory survives a loss of power when the one above it is synced.
bool make_directories(const fs::path &directory, std::error_code &error) {
  const fs::path above = fs::absolute(directory, error).parent_path();
  fs::path made_in = above;
  while (!made_in.empty() && !fs::exists(made_in, error)) made_in = made_in.parent_path();
  error.clear();
  if (!fs::create_directories(directory, error)) return !error;
  for (fs::path p = above;; p = p.parent_path()) {
    if (const int fd = ::open(p.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); fd >= 0) {
      ::fsync(fd);
      ::close(fd);
    }
    if (p == made_in || p == p.parent_path()) return true;
  }
}

std::string text_of(int error) { return std::generic_category().message(error); }

}  // namespace

class Spool::File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() { ::close(fd_); }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Spool::Spool(SpoolSettings settings, Clock &clock) : settings_(std::move(settings)), clock_(clock) {
  std::error_code missing;
  if (settings_.directory.empty() || (!settings_.make_now && !fs::exists(settings_.directory, missing))) return;
  std::lock_guard lock(mutex_);
  if (!open_directory())
    log(LogLevel::Warn, "spool", "opening the spool: " + problem_ + "; free some space or correct the path",
        {{"directory", settings_.directory.string()}});
}

Spool::~Spool() {
  std::lock_guard lock(mutex_);
  if (writing_ && unsynced_) note_sync(::fdatasync(writing_->fd()));
  writing_.reset();
  segments_.clear();
  // While the lock is held, so that it is nobody else's directory.
  if (lock_) ::rmdir(settings_.directory.c_str());
}

bool Spool::refuse(const std::string &what, int error) {
  problem_ = what + " " + settings_.directory.string() + ": " + text_of(error);
  return false;
}

// Makes it where needed and takes its lock.
bool Spool::open_directory() {
  if (settings_.directory.empty()) {
    problem_ = "no directory is configured";
    return false;
  }
  for (;;) {
    std::error_code error;
    if (!make_directories(settings_.directory, error)) return refuse("making the directory", error.value());
    const int fd = ::open(settings_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return refuse("opening the directory", errno);
    auto file = std::make_shared<File>(fd);
    const int lock_error = ::flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (lock_error != 0 && lock_error != EWOULDBLOCK) return refuse("locking the directory", lock_error);
    if (lock_error != 0)
      throw Error(TDK_BUSY, "opening the spool " + settings_.directory.string() +
                                ": another process uses it; end that one, or give this one a directory of its own");
    // The one before may have removed it between the two calls.
    struct stat ours {}, there {};
    if (::fstat(fd, &ours) != 0 || ::stat(settings_.directory.c_str(), &there) != 0 || ours.st_ino != there.st_ino)
      continue;
    if (!adopt_segments()) return false;
    lock_ = std::move(file);
    return true;
  }
}

bool Spool::adopt_segments() {
  std::error_code error;
  fs::directory_iterator entry(settings_.directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::uint64_t number = number_of(entry->path());
    if (number == 0) continue;
    next_number_ = std::max(next_number_, number + 1);
    std::error_code gone;
    const std::uint64_t size = fs::file_size(entry->path(), gone);
    if (entry->path().extension() == kSegment && !gone) segments_.push_back({number, size, nullptr});
  }
  if (error) {
    segments_.clear();
    return refuse("listing the directory", error.value());
  }
  std::sort(segments_.begin(), segments_.end(), [](const auto &a, const auto &b) { return a.number < b.number; });
  return true;
}

fs::path Spool::path_of(std::uint64_t number, const char *suffix) const {
  char name[32];
  std::snprintf(name, sizeof name, "%08llu", static_cast<unsigned long long>(number));
  return settings_.directory / (std::string(name) + suffix);
}

std::shared_ptr<Spool::File> Spool::create(std::uint64_t number, const char *suffix) {
  const fs::path path = path_of(number, suffix);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    refuse("making a file in", errno);
    return nullptr;
  }
  auto file = std::make_shared<File>(fd);
  if (write_all(fd, 0, segment_head())) return file;
  refuse("writing to", errno);
  ::unlink(path.c_str());
  return nullptr;
}

bool Spool::start_segment() {
  if (writing_) {
    if (unsynced_) note_sync(::fdatasync(writing_->fd()));
    segments_.back().file.reset();  // a long outage has hundreds of them
    writing_.reset();
  }
  auto file = create(next_number_, kSegment);
  if (!file) return false;
  ::fsync(lock_->fd());  // the name, too, survives a power cut
  segments_.push_back({next_number_++, kSegmentHead, file, false, true});
  writing_ = std::move(file);
  return true;
}

bool Spool::write_record(std::string_view payload) {
  const std::uint64_t need = kRecordHead + payload.size();
  if (!lock_ && !open_directory()) return false;
  if (!writing_ || (segments_.back().size > kSegmentHead && segments_.back().size + need > settings_.segment_bytes))
    if (!start_segment()) return false;
  Segment &segment = segments_.back();
  std::string record = record_head(payload);
  record.append(payload);
  if (!write_all(writing_->fd(), segment.size, record)) {
    refuse("writing to", errno);
    // What was written of it is past the size that is known, or, when it is cut off, not there at all.
    if (::ftruncate(writing_->fd(), static_cast<off_t>(segment.size)) != 0) writing_.reset();
    return false;
  }
  segment.size += need;
  unsynced_ = true;
  return true;
}

Spool::Answer Spool::append(std::string_view payload) {
  std::lock_guard lock(mutex_);
  if (bytes_now() + kSegmentHead + kRecordHead + payload.size() > settings_.limit) return Answer::Full;
  if (payload.size() > kRecordMax) {
    problem_ = "a record of " + std::to_string(payload.size()) + " bytes is too long";
    return Answer::Unwritable;
  }
  try {
    return write_record(payload) ? Answer::Kept : Answer::Unwritable;
  } catch (const Error &e) {
    problem_ = e.what();
    return Answer::Unwritable;
  }
}

std::string Spool::problem() const {
  std::lock_guard lock(mutex_);
  return problem_;
}

void Spool::sync_when_due() {
  std::shared_ptr<File> file;
  {
    std::lock_guard lock(mutex_);
    const Nanos now = clock_.monotonic_ns();
    if (!unsynced_ || now - synced_at_ < settings_.sync_every) return;
    synced_at_ = now;
    unsynced_ = false;
    file = writing_;
  }
  if (!file) return;
  const int result = ::fdatasync(file->fd());
  std::lock_guard lock(mutex_);
  note_sync(result);
}

// Says it once: what was written can still be read, so the rows go on.
void Spool::note_sync(int result) {
  const int error = errno;
  if (result == 0 || std::exchange(said_unsynced_, true)) return;
  log(LogLevel::Error, "spool",
      "syncing the spool: " + text_of(error) + "; what is in it may not survive a loss of power, look after the disk",
      {{"directory", settings_.directory.string()}});
}

// The segment ends at `at`, whatever stands behind.
void Spool::end_early(Segment &segment, std::uint64_t at, const char *why) {
  log(LogLevel::Warn, "spool",
      "reading the spool " + path_of(segment.number, kSegment).string() + ": " + why + "; " +
          std::to_string(segment.size - at) + " bytes are left out",
      {});
  segment.size = at;
}

// False: nothing of it can be read.
bool Spool::open_for_reading(Segment &segment) {
  if (!segment.file) {
    const int fd = ::open(path_of(segment.number, kSegment).c_str(), O_RDONLY | O_CLOEXEC);
    const int error = errno;
    if (fd < 0) {
      log(LogLevel::Error, "spool",
          "opening the spool " + path_of(segment.number, kSegment).string() + ": " + text_of(error) +
              "; it is left alone, mend its rights and start again",
          {});
      return false;
    }
    segment.file = std::make_shared<File>(fd);
  }
  if (segment.head_checked) return true;
  segment.head_checked = true;
  switch (check_head(segment.file->fd(), segment.size)) {
    case HeadState::Fine: return true;
    case HeadState::UnknownVersion:
      log(LogLevel::Error, "spool",
          "reading the spool " + path_of(segment.number, kSegment).string() +
              ": written by another version of Tapedeck; it is left alone, read it with that version",
          {});
      return false;
    case HeadState::Torn: end_early(segment, 0, "it ends in its head"); return true;
    case HeadState::Corrupt: break;
  }
  segment.damaged = true;
  end_early(segment, 0, "its head is damaged");
  return true;
}

bool Spool::read(std::string &payload) {
  using State = RecordRead::State;
  std::lock_guard lock(mutex_);
  while (read_.segment < segments_.size()) {
    Segment &segment = segments_[read_.segment];
    if (!open_for_reading(segment)) {
      // Out of the list, but not off the disk.
      segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(read_.segment));
      continue;
    }
    const RecordRead found = read_record(segment.file->fd(), segment.size, read_.offset, payload);
    switch (found.state) {
      case State::Record: read_.offset = found.next; return true;
      case State::Damaged:
        if (!segment.damaged)
          log(LogLevel::Error, "spool",
              "reading the spool " + path_of(segment.number, kSegment).string() + ": a record of " +
                  std::to_string(found.next - read_.offset) + " bytes is damaged and left out",
              {});
        segment.damaged = true;
        read_.offset = found.next;
        continue;
      case State::Torn: end_early(segment, std::min(segment.size, read_.offset), "its last record is not whole"); break;
      case State::Lost:
        segment.damaged = true;
        end_early(segment, std::min(segment.size, read_.offset), "it is damaged");
        break;
      case State::End: break;
    }
    if (read_.segment + 1 == segments_.size()) return false;  // more may be written to it
    read_ = {read_.segment + 1, kSegmentHead};
  }
  return false;
}

void Spool::condemn() {
  std::lock_guard lock(mutex_);
  if (read_.segment < segments_.size()) segments_[read_.segment].damaged = true;
}

void Spool::rewind() {
  std::lock_guard lock(mutex_);
  read_ = released_;
}

void Spool::drop_first() {
  const Segment &first = segments_.front();
  const fs::path path = path_of(first.number, kSegment);
  if (first.damaged) {
    const fs::path bad = path_of(first.number, kBad);
    if (::rename(path.c_str(), bad.c_str()) == 0)
      log(LogLevel::Error, "spool", "the damaged segment is kept as " + bad.string(), {});
  } else {
    ::unlink(path.c_str());
  }
  if (first.file && first.file == writing_) writing_.reset();
  segments_.pop_front();
}

void Spool::release() {
  std::lock_guard lock(mutex_);
  for (; read_.segment > 0; --read_.segment) drop_first();
  if (!segments_.empty() && read_.offset >= segments_.front().size) {
    drop_first();
    read_.offset = kSegmentHead;
  }
  released_ = read_;
}

bool Spool::drained() const {
  std::lock_guard lock(mutex_);
  return segments_.empty();
}

std::uint64_t Spool::bytes_now() const {
  std::uint64_t sum = 0;
  for (const auto &segment : segments_) sum += segment.size;
  return sum;
}

std::uint64_t Spool::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_now();
}

bool Spool::set_aside(std::string_view payload) {
  std::lock_guard lock(mutex_);
  try {
    if (!lock_ && !open_directory()) return false;
  } catch (const Error &e) {
    problem_ = e.what();
    return false;
  }
  const auto file = create(next_number_, kBad);
  if (!file) return false;
  ++next_number_;
  std::string record = record_head(payload);
  record.append(payload);
  if (write_all(file->fd(), kSegmentHead, record) && ::fdatasync(file->fd()) == 0) return true;
  refuse("writing to", errno);
  ::unlink(path_of(next_number_ - 1, kBad).c_str());
  return false;
}

}  // namespace tapedeck
