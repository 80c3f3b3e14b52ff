#include "plugins/verdict_cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <tapedeck/layer/core.hpp>

#include "plugins/descriptor_json.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;

// Verdicts of a host that tests less, or speaks another ABI, are none of ours.
constexpr int kProbeRevision = 1;
std::string host_identity() {
  return TAPEDECK_VERSION " abi " + std::to_string(TDK_ABI_VERSION) + " probe " +
         std::to_string(kProbeRevision);
}

json::value key_to_json(const FileKey &k) {
  return json::object{{"path", k.path}, {"device", k.device},     {"inode", k.inode},
                      {"size", k.size}, {"mtime_ns", k.mtime_ns}, {"hash", k.hash}};
}

FileKey key_from_json(const json::object &from) {
  return {
      json::value_to<std::string>(from.at("path")),  from.at("device").to_number<std::uint64_t>(),
      from.at("inode").to_number<std::uint64_t>(),   from.at("size").to_number<std::uint64_t>(),
      from.at("mtime_ns").to_number<std::int64_t>(), json::value_to<std::string>(from.at("hash"))};
}

json::value verdict_to_json(const ProbeVerdict &v) {
  return json::object{{"ok", v.ok},
                      {"stage", v.stage},
                      {"reason", v.reason},
                      {"warnings", to_json(v.warnings)},
                      {"module", to_json(v.module)}};
}

ProbeVerdict verdict_from_json(const json::object &from) {
  ProbeVerdict v;
  v.ok = from.at("ok").as_bool();
  v.stage = json::value_to<std::string>(from.at("stage"));
  v.reason = json::value_to<std::string>(from.at("reason"));
  v.warnings = texts_from_json(from.at("warnings"));
  v.module = module_from_json(from.at("module"));
  return v;
}

[[noreturn]] void fail(const std::string &what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Readers see the old text or the new one, never half of it.
void replace_file(const std::filesystem::path &file, const std::string &text) {
  std::string temporary = file.string() + ".XXXXXX";
  const int fd = mkstemp(temporary.data());
  if (fd < 0) fail(temporary);
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(fd) != 0 || !written || rename(temporary.c_str(), file.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    errno = error;
    fail(file.string());
  }
}

}  // namespace

FileKey FileKey::of(const std::filesystem::path &file, std::string hash) {
  struct stat st {};
  if (stat(file.c_str(), &st) != 0)
    throw Error(TDK_IO, "cannot be found: " + std::generic_category().message(errno));
  return {file.string(),
          st.st_dev,
          st.st_ino,
          static_cast<std::uint64_t>(st.st_size),
          std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec,
          std::move(hash)};
}

VerdictCache::VerdictCache(const std::filesystem::path &directory, Debug debug)
    : file_(directory.empty() ? directory : directory / "probes.json"), debug_(std::move(debug)) {
  entries_ = read();
}

VerdictCache::Entries VerdictCache::read() const {
  Entries out;
  if (file_.empty()) return out;
  std::ifstream in(file_);
  if (!in) return out;
  try {
    std::stringstream text;
    text << in.rdbuf();
    const auto root = json::parse(text.str()).as_object();
    if (json::value_to<std::string>(root.at("host")) != host_identity()) return out;
    for (const auto &value : root.at("probes").as_array()) {
      const auto &entry = value.as_object();
      const auto key = key_from_json(entry.at("file").as_object());
      out[key.path] = {key, verdict_from_json(entry.at("verdict").as_object())};
    }
  } catch (const std::exception &e) {
    debug_("plugin verdicts in " + file_.string() + " are unreadable and start anew: " + e.what());
    out.clear();
  }
  return out;
}

std::optional<ProbeVerdict> VerdictCache::find(const FileKey &key) const {
  std::lock_guard lock(mutex_);
  const auto at = entries_.find(key.path);
  if (at == entries_.end() || at->second.key != key) return std::nullopt;
  return at->second.verdict;
}

void VerdictCache::put(const FileKey &key, const ProbeVerdict &verdict) {
  std::lock_guard lock(mutex_);
  entries_[key.path] = fresh_[key.path] = {key, verdict};
}

void VerdictCache::save() {
  std::lock_guard lock(mutex_);
  if (fresh_.empty() || file_.empty()) return;
  Entries all = read();  // another process may have written in between
  for (const auto &[path, entry] : fresh_) all[path] = entry;
  std::erase_if(all, [](const auto &e) {
    std::error_code error;
    return !std::filesystem::exists(e.first, error);
  });
  try {
    write(all);
    fresh_.clear();
  } catch (const std::exception &e) {
    debug_(std::string("plugin verdicts are not kept: ") + e.what());
  }
}

void VerdictCache::write(const Entries &entries) const {
  std::filesystem::create_directories(file_.parent_path());
  json::array probes;
  for (const auto &[path, entry] : entries)
    probes.push_back(json::object{{"file", key_to_json(entry.key)},
                                  {"verdict", verdict_to_json(entry.verdict)}});
  const json::object root{{"host", host_identity()}, {"probes", std::move(probes)}};
  replace_file(file_, json::serialize(root) + "\n");
}

std::filesystem::path default_cache_directory() {
  if (const char *xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg == '/')
    return std::filesystem::path(xdg) / "tapedeck";
  if (const char *home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::filesystem::path(home) / ".cache/tapedeck";
  return {};
}

}  // namespace tapedeck
