// A directory of a test's own, gone with the object.
#pragma once

#include <filesystem>
#include <string>

namespace tapedeck::integration {

// Threads: one at a time.
class TempDir {
 public:
  TempDir();  // below TMPDIR or /tmp; throws std::runtime_error
  ~TempDir();
  TempDir(const TempDir &) = delete;
  TempDir &operator=(const TempDir &) = delete;

  const std::filesystem::path &path() const noexcept { return path_; }
  // Writes a file and returns its path.
  std::filesystem::path write(const std::string &name, const std::string &text) const;

 private:
  std::filesystem::path path_;
};

// A whole file; empty when there is none.
std::string read_file(const std::filesystem::path &file);

}  // namespace tapedeck::integration
