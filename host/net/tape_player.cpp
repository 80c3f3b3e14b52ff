#include "net/tape_player.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <system_error>

#include "net/tape_playback.hpp"
#include "net/tape_reader.hpp"

namespace tapedeck {
namespace {

// Streams are found by the path of their address: host and query may change between two runs.
std::string path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url.remove_prefix(std::min(url.find_first_of("/?#"), url.size()));
  url = url.substr(0, url.find_first_of("?#"));
  return url.empty() ? "/" : std::string(url);
}

std::string key_of(std::string_view plugin, std::string_view what, std::string_view where) {
  return std::string(plugin) + "\n" + std::string(what) + "\n" + std::string(where);
}

}  // namespace

TapePlayer::TapePlayer(const std::filesystem::path &folder, double speed, Clock &clock)
    : speed_(speed), clock_(clock) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator i(folder, error), end; !error && i != end; i.increment(error))
    if (i->path().extension() == ".jsonl") files.push_back(i->path());
  if (error) throw Error(TDK_IO, "replaying " + folder.string() + ": " + error.message() + "; name a folder of --record");
  if (files.empty())
    throw Error(TDK_NOT_FOUND, "replaying " + folder.string() + ": no recording in it; name a folder of --record");
  std::sort(files.begin(), files.end());  // the names begin with the order of opening
  for (const auto &file : files) load(file);
}

TapePlayer::~TapePlayer() = default;

void TapePlayer::load(const std::filesystem::path &file) {
  TapeReader reader(file);
  const auto opened = reader.next();
  if (!opened) return;  // killed before its first line was written
  if (opened->kind != TapeRecord::Kind::Opened) reader.refuse("its first line does not say what it is");
  if (opened->stream != "http") {
    tracks_[key_of(opened->plugin, opened->stream, path_of(opened->url))].push_back(file);
    return;
  }
  for (std::int64_t at = reader.position(); const auto record = reader.next(); at = reader.position())
    if (record->kind == TapeRecord::Kind::Answer)
      answers_[key_of(opened->plugin, record->method, record->url)].places.emplace_back(file, at);
}

std::filesystem::path TapePlayer::take_track(const TapeSubject &subject, const std::string &stream,
                                             std::string_view url) {
  const std::string path = path_of(tape_url(url, subject.secrets));
  const std::lock_guard lock(mutex_);
  auto &tracks = tracks_[key_of(subject.plugin, stream, path)];
  if (tracks.empty())
    throw Error(TDK_UNAVAILABLE, "replaying for " + subject.plugin + ": the recording has no more connections to " +
                                     path + " (" + stream + ")");
  auto file = tracks.front();
  tracks.pop_front();
  return file;
}

std::unique_ptr<WebSocket> TapePlayer::open_web_socket(const TapeSubject &subject, std::string_view url) {
  return replay_web_socket(take_track(subject, "websocket", url), speed_, clock_);
}

std::unique_ptr<LineStream> TapePlayer::open_lines(const TapeSubject &subject, std::string_view url) {
  return replay_lines(take_track(subject, "lines", url), speed_, clock_);
}

void TapePlayer::answer(const TapeSubject &subject, std::string_view method, std::string_view url, HttpAnswer &out) {
  const std::string where = tape_url(url, subject.secrets);
  std::pair<std::filesystem::path, std::int64_t> place;
  {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(key_of(subject.plugin, method, where));
    if (found == answers_.end())
      throw Error(TDK_UNAVAILABLE, "the recording has no answer to " + std::string(method) + " " + where +
                                       " of " + subject.plugin + "; record it, or ask for what was recorded");
    Answers &answers = found->second;
    place = answers.places[answers.next];
    answers.next = std::min(answers.next + 1, answers.places.size() - 1);
  }
  TapeReader reader(place.first, place.second);
  auto record = reader.next();
  if (!record) reader.refuse("it has become shorter");
  out.status = record->status;
  out.headers = std::move(record->headers);
  out.body = std::move(record->payload);
}

}  // namespace tapedeck
