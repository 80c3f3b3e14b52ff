// Rows on their way into a table by COPY in its binary format.
#pragma once

#include "connection.hpp"
#include "numeric.hpp"

#include <vector>

namespace tapedeck::postgres {

// Lifecycle: from the constructor to finish(); what is not finished is taken back with its transaction.
class CopyIn {
 public:
  // `sql` is COPY ... FROM STDIN (FORMAT binary), `fields` how many columns it names.
  CopyIn(Connection &db, const char *sql, std::int16_t fields);

  void begin_row() {
    if (buffer_.size() - used_ < kRowMax) flush();
    add(fields_);
  }
  template <class T>
  void integer(T value) {
    add(static_cast<std::int32_t>(sizeof value));
    add(value);
  }
  void cell(std::int64_t value) {
    if (value == TDK_NULL_I64) add(std::int32_t{-1});
    else integer(value);
  }
  void decimal(std::int64_t mantissa, int exp) {
    if (mantissa == TDK_NULL_I64) return add(std::int32_t{-1});
    const std::size_t size = write_numeric(buffer_.data() + used_ + 4, mantissa, exp);
    put(buffer_.data() + used_, static_cast<std::int32_t>(size));
    used_ += 4 + size;
  }
  void text(std::string_view value);
  void finish();

 private:
  static constexpr std::size_t kRowMax = 1024;  // of at most 20 fields, none longer than a NUMERIC, and texts
  template <class T>
  void add(T value) {
    put(buffer_.data() + used_, value);
    used_ += sizeof value;
  }
  void flush();

  Connection &db_;
  std::int16_t fields_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
};

}  // namespace tapedeck::postgres
