#include "net/tape_reader.hpp"

#include <tapedeck/layer/core.hpp>


namespace tapedeck {
namespace {

constexpr std::size_t kMaxLine = std::size_t{128} * 1024 * 1024;  // a body of 64 MiB, escaped

}  // namespace

TapeReader::TapeReader(const std::filesystem::path &file, std::int64_t offset)
    : TapeReader(std::make_unique<std::ifstream>(file, std::ios::binary), file.string()) {
  if (!*in_) throw Error(TDK_IO, "reading the recording " + name_ + ": it cannot be opened; check that it is readable");
  in_->seekg(offset);
  position_ = offset;
}

TapeReader::TapeReader(std::unique_ptr<std::istream> bytes, std::string name)
    : name_(std::move(name)), in_(std::move(bytes)) {}

void TapeReader::refuse(const std::string &why) const {
  throw Error(TDK_BAD_DATA, "reading " + name_ + ", record " + std::to_string(lines_) + ": " + why);
}

std::optional<TapeRecord> TapeReader::next() {
  if (!std::getline(*in_, line_)) return std::nullopt;
  if (in_->eof()) return std::nullopt;  // no line end
  ++lines_;
  if (line_.size() > kMaxLine) refuse("a line over 128 MiB");
  position_ += static_cast<std::int64_t>(line_.size()) + 1;
  try {
    return parse_tape_line(line_);
  } catch (const Error &e) {
    refuse(e.what());
  }
}

}  // namespace tapedeck
