#include "net/tape_recorder.hpp"

#include <tapedeck/layer/core.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/text.hpp"
#include "net/redact.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kPending = 256 * 1024;

// Of an answer's headers those stay out that carry secrets or speak of the connection.
bool is_kept(std::string_view name) {
  static constexpr std::string_view kDropped[] = {
      "Set-Cookie", "Set-Cookie2", "Cookie", "Authorization", "Authentication-Info", "Proxy-Authorization",
      "WWW-Authenticate", "Proxy-Authenticate", "Connection", "Keep-Alive", "Transfer-Encoding", "Location"};
  return std::none_of(std::begin(kDropped), std::end(kDropped),
                      [&](std::string_view dropped) { return equal_ignoring_case(name, dropped); });
}

// A configured name as part of a file's name.
std::string file_part(std::string_view name) {
  std::string out(name.substr(0, 64));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'); },
      '_');
  return out;
}

std::string numbered(int number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

}  // namespace

void TapeHealth::fail(const std::string &why) noexcept {
  if (!stopped_.exchange(true) && on_failure_) on_failure_(why);
}

std::string tape_url(std::string_view url, std::span<const std::string> secrets) {
  return printable(blank_secrets(redact_url(url), secrets), 16 * 1024);
}

TapeTrack::TapeTrack(std::shared_ptr<TapeHealth> health, Clock &clock, const std::filesystem::path &file,
                     TapeSubject subject)
    : health_(std::move(health)),
      clock_(clock),
      file_(file.string()),
      subject_(std::move(subject)),
      fd_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (fd_.get() < 0) health_->fail("recording to " + file_ + ": " + std::generic_category().message(errno));
}

TapeTrack::~TapeTrack() { flush(); }

std::string TapeTrack::clean(std::string_view text) const { return blank_secrets(std::string(text), subject_.secrets); }

template <class F>
void TapeTrack::write(F &&fill) noexcept {
  if (health_->stopped()) return;
  try {
    TapeRecord record;
    record.at_ns = clock_.now_ns();
    fill(record);
    pending_ += to_tape_line(record);
  } catch (const std::exception &e) {
    return health_->fail("recording to " + file_ + ": " + e.what());
  }
  if (pending_.size() >= kPending) flush();
}

void TapeTrack::opened(std::string_view stream, std::string_view url) noexcept {
  write([&](TapeRecord &r) {
    r.kind = TapeRecord::Kind::Opened;
    r.plugin = subject_.plugin;
    r.stream = stream;
    r.url = tape_url(url, subject_.secrets);
  });
  flush();
}

void TapeTrack::received(bool is_text, std::string_view payload) noexcept {
  write([&](TapeRecord &r) {
    r.kind = TapeRecord::Kind::Message;
    r.is_text = is_text;
    r.payload = clean(payload);
  });
}

void TapeTrack::received_line(std::string_view line) noexcept {
  write([&](TapeRecord &r) {
    r.kind = TapeRecord::Kind::Line;
    r.payload = clean(line);
  });
}

void TapeTrack::sent(bool is_text, std::string_view payload) noexcept {
  write([&](TapeRecord &r) {
    r.kind = TapeRecord::Kind::Sent;
    r.is_text = is_text;
    r.payload = clean(payload);
  });
}

void TapeTrack::ended(std::string_view why) noexcept {
  write([&](TapeRecord &r) {
    r.kind = TapeRecord::Kind::Ended;
    r.payload = clean(why);
  });
  flush();
}

void TapeTrack::answered(std::string_view method, std::string_view url, const HttpAnswer &answer) noexcept {
  write([&](TapeRecord &r) {
    r.kind = TapeRecord::Kind::Answer;
    r.method = method;
    r.url = tape_url(url, subject_.secrets);
    r.status = answer.status;
    for (const auto &[name, value] : answer.headers)
      if (is_kept(name)) r.headers.emplace_back(name, clean(value));
    r.payload = clean(answer.body);
  });
  flush();
}

void TapeTrack::flush() noexcept {
  const char *data = pending_.data();
  for (std::size_t left = health_->stopped() ? 0 : pending_.size(); left > 0;) {
    const ssize_t n = ::write(fd_.get(), data, left);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      health_->fail("recording to " + file_ + ": " + std::generic_category().message(errno));
      break;
    }
    data += n;
    left -= static_cast<std::size_t>(n);
  }
  pending_.clear();
}

TapeRecorder::TapeRecorder(std::filesystem::path folder, Clock &clock, TapeHealth::OnFailure on_failure)
    : folder_(std::move(folder)), clock_(clock), health_(std::make_shared<TapeHealth>(std::move(on_failure))) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  std::filesystem::directory_iterator files(folder_, error);
  if (error) throw Error(TDK_IO, "recording to " + folder_.string() + ": " + error.message() + "; name another folder");
  for (const auto &entry : files)
    if (entry.path().extension() == ".jsonl")
      throw Error(TDK_INVALID_ARGUMENT, "recording to " + folder_.string() +
                                            ": it holds a recording already; name an empty folder, or move it away");
}

std::unique_ptr<TapeTrack> TapeRecorder::start_track(const TapeSubject &subject, std::string_view stream,
                                                     std::string_view url) noexcept {
  if (health_->stopped()) return nullptr;
  try {
    const std::string name = numbered(++files_) + "-" + file_part(subject.plugin) + "-" + std::string(stream) + ".jsonl";
    auto track = std::make_unique<TapeTrack>(health_, clock_, folder_ / name, subject);
    track->opened(stream, url);
    return track;
  } catch (const std::exception &e) {
    health_->fail(std::string("recording: ") + e.what());
    return nullptr;
  }
}

void TapeRecorder::keep_answer(const TapeSubject &subject, std::string_view method, std::string_view url,
                               const HttpAnswer &answer) noexcept {
  if (health_->stopped()) return;
  try {
    const std::lock_guard lock(mutex_);
    auto &track = http_[subject.plugin];
    if (!track) track = start_track(subject, "http", url);
    if (track) track->answered(method, url, answer);
  } catch (const std::exception &e) {
    health_->fail(std::string("recording: ") + e.what());
  }
}

}  // namespace tapedeck
