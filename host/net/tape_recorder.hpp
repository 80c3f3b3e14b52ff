// Writes a tape: what the network brought, one file for each connection and one for each plugin's HTTP.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/dial.hpp"
#include "net/tape_record.hpp"

namespace tapedeck {

// Whose traffic it is.
struct TapeSubject {
  std::string plugin;                // its configured name
  std::vector<std::string> secrets;  // never written
};

// Whether a recording goes on; shared by all its tracks. Threads: any.
class TapeHealth {
 public:
  // Called once, on the thread that could not write; the recording has stopped then. Must not throw.
  using OnFailure = std::function<void(const std::string &why)>;
  explicit TapeHealth(OnFailure on_failure) : on_failure_(std::move(on_failure)) {}
  bool stopped() const noexcept { return stopped_.load(std::memory_order_acquire); }
  void fail(const std::string &why) noexcept;

 private:
  const OnFailure on_failure_;
  std::atomic<bool> stopped_{false};
};

// One file. Lifecycle: the destructor writes what was not flushed. Threads: one at a time.
// Failures: none; the recording stops and what is recorded goes on.
class TapeTrack {
 public:
  TapeTrack(std::shared_ptr<TapeHealth> health, Clock &clock, const std::filesystem::path &file, TapeSubject subject);
  ~TapeTrack();
  TapeTrack(const TapeTrack &) = delete;
  TapeTrack &operator=(const TapeTrack &) = delete;

  // `stream`: "websocket", "lines" or "http"; URLs are redacted here.
  void opened(std::string_view stream, std::string_view url) noexcept;
  void received(bool is_text, std::string_view payload) noexcept;
  void received_line(std::string_view line) noexcept;
  void sent(bool is_text, std::string_view payload) noexcept;
  void ended(std::string_view why) noexcept;
  void answered(std::string_view method, std::string_view url, const HttpAnswer &answer) noexcept;
  void flush() noexcept;  // so that a kill loses little

 private:
  template <class F>
  void write(F &&fill) noexcept;
  std::string clean(std::string_view text) const;

  const std::shared_ptr<TapeHealth> health_;
  Clock &clock_;
  const std::string file_;
  const TapeSubject subject_;
  Fd fd_;
  std::string pending_;
};

// Threads: any.
class TapeRecorder {
 public:
  // Makes `folder`. Throws Error: TDK_IO, TDK_INVALID_ARGUMENT (it holds a recording already).
  TapeRecorder(std::filesystem::path folder, Clock &clock, TapeHealth::OnFailure on_failure);

  // A track that is opened; NULL once the recording has stopped.
  std::unique_ptr<TapeTrack> start_track(const TapeSubject &subject, std::string_view stream,
                                         std::string_view url) noexcept;
  void keep_answer(const TapeSubject &subject, std::string_view method, std::string_view url,
                   const HttpAnswer &answer) noexcept;

 private:
  const std::filesystem::path folder_;
  Clock &clock_;
  const std::shared_ptr<TapeHealth> health_;
  std::atomic<int> files_{0};
  std::mutex mutex_;  // of what follows
  std::map<std::string, std::unique_ptr<TapeTrack>> http_;  // by plugin
};

// The address as tapes hold it. Threads: any.
std::string tape_url(std::string_view url, std::span<const std::string> secrets);

}  // namespace tapedeck
