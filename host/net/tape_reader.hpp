// Reads one file of a tape, record by record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "net/tape_record.hpp"

namespace tapedeck {

// Threads: one at a time. Failures: Error, TDK_IO or TDK_BAD_DATA naming file and line.
class TapeReader {
 public:
  static constexpr std::size_t kLongestLine = std::size_t{128} * 1024 * 1024;  // a body of 64 MiB, escaped

  // Begins at `offset`, which position() has said.
  explicit TapeReader(const std::filesystem::path &file, std::int64_t offset = 0);
  // For bytes from elsewhere; `name` stands for the file.
  TapeReader(std::unique_ptr<std::istream> bytes, std::string name, std::size_t longest_line = kLongestLine);

  // Nothing: the end. A last line without its end was being written when the recorder was killed, and
  // counts as not there. A line over the limit is refused when so much of it has been read.
  std::optional<TapeRecord> next();
  // Where the next record begins.
  std::int64_t position() const noexcept { return position_; }
  [[noreturn]] void refuse(const std::string &why) const;

 private:
  bool read_line();

  const std::string name_;
  const std::size_t longest_line_;
  std::unique_ptr<std::istream> in_;
  std::string line_;
  std::int64_t position_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace tapedeck
