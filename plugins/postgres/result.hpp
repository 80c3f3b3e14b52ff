// What a statement answered, in binary.
#pragma once

#include "bytes.hpp"
#include "moment.hpp"
#include "numeric.hpp"

#include <tapedeck/plugin.hpp>

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace tapedeck::postgres {

// Threads: any, one at a time. Text is valid as long as the result.
class Result {
 public:
  explicit Result(PGresult *result = nullptr) : result_(result) {}

  int rows() const { return PQntuples(result_.get()); }
  bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  std::string_view bytes(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  std::string_view text(int row, int column) const { return bytes(row, column); }
  // smallint, int or bigint.
  std::int64_t integer(int row, int column) const {
    const std::string_view b = bytes(row, column);
    return b.size() == 8 ? get<std::int64_t>(b.data()) : b.size() == 4 ? get<std::int32_t>(b.data()) : get<std::int16_t>(b.data());
  }
  std::int64_t cell(int row, int column) const { return is_null(row, column) ? TDK_NULL_I64 : integer(row, column); }
  bool truth(int row, int column) const { return *bytes(row, column).data() != 0; }
  // timestamptz and, in the next column, the rest of nanoseconds.
  std::int64_t time(int row, int column) const {
    return nanoseconds_of({integer(row, column), static_cast<std::int16_t>(integer(row, column + 1))});
  }
  // Of a NUMERIC; NULL becomes TDK_NULL_I64. Throws TDK_IO for what is no multiple of 10^exp.
  std::int64_t mantissa(int row, int column, int exp) const {
    if (is_null(row, column)) return TDK_NULL_I64;
    std::int64_t value = 0;
    if (!read_numeric(bytes(row, column), exp, value))
      throw Error(TDK_IO, "reading a decimal: it has more digits than its row's exponent tells; someone changed the "
                          "table by hand: restore a backup");
    return value;
  }
  // The rows that a statement changed.
  std::uint64_t changed() const;
  PGresult *raw() const { return result_.get(); }

 private:
  struct Clear {
    void operator()(PGresult *r) const { PQclear(r); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace tapedeck::postgres
