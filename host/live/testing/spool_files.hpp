// A directory for a spool, and its files, for tests.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tapedeck::testing {

class SpoolFiles {
 public:
  SpoolFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tapedeck-spool-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  SpoolFiles(const SpoolFiles &) = delete;
  SpoolFiles &operator=(const SpoolFiles &) = delete;
  ~SpoolFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  std::filesystem::path root() const { return root_; }
  std::filesystem::path spool() const { return root_ / "spool"; }

  std::vector<std::string> names(const std::string &extension) const {
    std::vector<std::string> out;
    std::error_code missing;
    for (const auto &entry : std::filesystem::directory_iterator(spool(), missing))
      if (entry.path().extension() == extension) out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string bytes(const std::string &name) const {
    std::ifstream in(spool() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The spool with this one file in it.
  void replace_all(const std::string &name, const std::string &bytes) const {
    std::filesystem::remove_all(spool());
    std::filesystem::create_directories(spool());
    std::ofstream(spool() / name, std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace tapedeck::testing
