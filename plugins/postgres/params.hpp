// The parameters of one statement: typed, in binary, never part of its text.
#pragma once

#include "moment.hpp"

#include <tapedeck/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::postgres {

class Params {
 public:
  Params &integer(std::int64_t value);          // bigint
  Params &cell(std::int64_t value);             // bigint; TDK_NULL_I64 becomes NULL
  Params &number(std::int32_t value);           // int
  Params &text(std::string_view value);
  Params &moment(const Moment &m);              // two parameters: timestamptz, smallint
  Params &decimal(const tdk_decimal &d);        // two parameters: numeric, int; both NULL when absent
  Params &integers(const std::vector<std::int64_t> &values);  // bigint[]; TDK_NULL_I64 becomes NULL
  Params &texts(const std::vector<std::string_view> &values);  // text[]
  void clear();

  int count() const { return static_cast<int>(types_.size()); }
  const unsigned *types() const { return types_.data(); }
  const int *sizes() const { return sizes_.data(); }
  const int *formats() const { return formats_.data(); }
  // Valid until the next change.
  const std::vector<const char *> &values() const;

 private:
  void add(unsigned type, std::string_view bytes);
  void add_null(unsigned type);
  template <class T>
  void add_integer(unsigned type, T value);

  std::vector<unsigned> types_;
  std::vector<int> sizes_, formats_;
  std::vector<std::size_t> starts_;  // in bytes_; kNull: NULL
  std::string bytes_;
  mutable std::vector<const char *> values_;
};

}  // namespace tapedeck::postgres
