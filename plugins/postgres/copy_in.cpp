#include "copy_in.hpp"

namespace tapedeck::postgres {
namespace {
constexpr std::size_t kBuffer = 64 * 1024;
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

void CopyIn::finish() {
  if (buffer_.size() - used_ < kRowMax) flush();
  add(std::int16_t{-1});
  flush();
  db_.copy_end();
}

}  // namespace tapedeck::postgres
