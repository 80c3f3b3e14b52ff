#include "copy_in.hpp"

namespace tapedeck::postgres {
namespace {
constexpr std::size_t kBuffer = 64 * 1024;
constexpr std::size_t kTextMax = (1 << 30) - 5;  // of a value of the server's, with its length
constexpr std::string_view kHead("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);  // signature, flags, extension
}  // namespace

CopyIn::CopyIn(Connection &db, const char *sql, std::int16_t fields) : db_(db), fields_(fields), buffer_(kBuffer) {
  db_.copy_begin(sql);
  db_.copy_data(kHead);
}

void CopyIn::flush() {
  db_.copy_data({buffer_.data(), used_});
  used_ = 0;
}

// Leaves as much room as there was for the rest of the row.
void CopyIn::text(std::string_view value) {
  if (value.size() > kTextMax)
    db_.fail(TDK_INVALID_ARGUMENT, "a text has " + std::to_string(value.size()) + " bytes",
             "something is longer than PostgreSQL can keep; shorten it");
  add(static_cast<std::int32_t>(value.size()));
  if (buffer_.size() - used_ < value.size() + kRowMax) flush();
  if (buffer_.size() < value.size() + kRowMax) return db_.copy_data(value);
  std::memcpy(buffer_.data() + used_, value.data(), value.size());
  used_ += value.size();
}

void CopyIn::finish() {
  if (buffer_.size() - used_ < kRowMax) flush();
  add(std::int16_t{-1});
  flush();
  db_.copy_end();
}

}  // namespace tapedeck::postgres
