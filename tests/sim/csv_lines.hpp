// Lines of a CSV file, plain or gzip, with errors that name the line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct gzFile_s;

namespace tapedeck::sim {

/// Threads: one. Failures: CsvError.
class CsvLines {
 public:
  explicit CsvLines(const std::filesystem::path &file);

  /// False at the end.
  bool next(std::string &line);
  [[noreturn]] void fail(const std::string &message) const;

 private:
  void check_read();

  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile_s *)> gz_;
  std::size_t number_ = 0;
};

/// Without blanks and quotes around it.
std::string_view trimmed_csv_field(std::string_view text);
/// Replaces `fields`, which point into `line`.
void split_csv_fields(std::string_view line, std::vector<std::string_view> &fields);

}  // namespace tapedeck::sim
