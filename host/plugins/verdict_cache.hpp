// What the probe found, kept between runs, so that a file is tried out once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "plugins/probe.hpp"

namespace tapedeck {

// Which content of which file. Any difference is another file.
struct FileKey {
  std::string path;
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t mtime_ns = 0;
  std::string hash;
  bool operator==(const FileKey &) const = default;

  // Throws Error(TDK_IO).
  static FileKey of(const std::filesystem::path &file, std::string hash);
};

// The file `probes.json` in a directory. A corrupt one, one of another host version, and one that
// cannot be written cost a probe, nothing else. Threads: any.
class VerdictCache {
 public:
  using Debug = std::function<void(const std::string &)>;
  VerdictCache(const std::filesystem::path &directory, Debug debug);

  std::optional<ProbeVerdict> find(const FileKey &key) const;
  void put(const FileKey &key, const ProbeVerdict &verdict);
  // Writes what was put, by rename, and drops files that are no more. Nothing to do: no write.
  void save();

 private:
  struct Entry {
    FileKey key;
    ProbeVerdict verdict;
  };
  using Entries = std::map<std::string, Entry>;  // by path
  Entries read() const;
  void write(const Entries &entries) const;

  std::filesystem::path file_;
  Debug debug_;
  mutable std::mutex mutex_;
  Entries entries_;
  Entries fresh_;
};

// $XDG_CACHE_HOME/tapedeck, or ~/.cache/tapedeck; empty when neither is known.
std::filesystem::path default_cache_directory();

}  // namespace tapedeck
