#include "net/tape_reader.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

TapeReader::TapeReader(const std::filesystem::path &file, std::int64_t offset)
    : TapeReader(std::make_unique<std::ifstream>(file, std::ios::binary), file.string()) {
  if (!*in_) throw Error(TDK_IO, "reading the recording " + name_ + ": it cannot be opened; check that it is readable");
  in_->seekg(offset);
  position_ = offset;
}

TapeReader::TapeReader(std::unique_ptr<std::istream> bytes, std::string name, std::size_t longest_line)
    : name_(std::move(name)), longest_line_(longest_line), in_(std::move(bytes)) {}

void TapeReader::refuse(const std::string &why) const {
  throw Error(TDK_BAD_DATA, "reading " + name_ + ", record " + std::to_string(lines_) + ": " + why);
}

// The next line, in pieces, so that a long one is refused before it is in memory. False: there is none any more.
bool TapeReader::read_line() {
  char piece[16 * 1024];
  line_.clear();
  while (*in_) {
    in_->getline(piece, sizeof piece);
    if (in_->bad()) throw Error(TDK_IO, "reading the recording " + name_ + ": it cannot be read; check that it is a file");
    if (in_->eof()) return false;  // no line end
    const bool whole = !in_->fail();
    line_.append(piece, static_cast<std::size_t>(in_->gcount()) - (whole ? 1 : 0));
    if (line_.size() > longest_line_) {
      in_->setstate(std::ios::failbit);  // what follows is no line
      refuse("a line over " + std::to_string(longest_line_) + " bytes");
    }
    if (whole) return true;
    in_->clear();
  }
  return false;
}

std::optional<TapeRecord> TapeReader::next() {
  ++lines_;
  if (!read_line()) return std::nullopt;
  position_ += static_cast<std::int64_t>(line_.size()) + 1;
  try {
    return parse_tape_line(line_);
  } catch (const Error &e) {
    refuse(e.what());
  }
}

}  // namespace tapedeck
