#include "params.hpp"

#include "bytes.hpp"
#include "numeric.hpp"

namespace tapedeck::postgres {
namespace {

// src/include/catalog/pg_type.dat
constexpr unsigned kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kTextArray = 1009, kInt8Array = 1016,
                   kTimestamptz = 1184, kNumeric = 1700;
constexpr std::size_t kNull = SIZE_MAX;

template <class T>
void append(std::string &out, T value) {
  char bytes[sizeof value];
  put(bytes, value);
  out.append(bytes, sizeof bytes);
}

// src/backend/utils/adt/arrayfuncs.c, array_recv(): dimensions, NULLs or none, type, size, first index.
std::string array_head(std::size_t count, bool nulls, unsigned element) {
  std::string out;
  append(out, std::int32_t{count > 0});
  append(out, std::int32_t{nulls});
  append(out, element);
  if (count == 0) return out;
  append(out, static_cast<std::int32_t>(count));
  append(out, std::int32_t{1});
  return out;
}

}  // namespace

void Params::add(unsigned type, std::string_view bytes) {
  types_.push_back(type);
  sizes_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(1);
  starts_.push_back(bytes_.size());
  bytes_.append(bytes);
  bytes_.push_back('\0');  // so that an empty one has an address of its own
}

void Params::add_null(unsigned type) {
  types_.push_back(type);
  sizes_.push_back(0);
  formats_.push_back(1);
  starts_.push_back(kNull);
}

template <class T>
void Params::add_integer(unsigned type, T value) {
  char bytes[sizeof value];
  put(bytes, value);
  add(type, {bytes, sizeof bytes});
}

Params &Params::integer(std::int64_t value) {
  add_integer(kInt8, value);
  return *this;
}

Params &Params::cell(std::int64_t value) {
  if (value == TDK_NULL_I64) add_null(kInt8);
  else add_integer(kInt8, value);
  return *this;
}

Params &Params::number(std::int32_t value) {
  add_integer(kInt4, value);
  return *this;
}

Params &Params::text(std::string_view value) {
  add(kText, value);
  return *this;
}

Params &Params::moment(const Moment &m) {
  add_integer(kTimestamptz, m.micros);
  add_integer(kInt2, m.nanos);
  return *this;
}

Params &Params::decimal(const tdk_decimal &d) {
  if (d.present == 0) {
    add_null(kNumeric);
    add_null(kInt4);
    return *this;
  }
  char bytes[kNumericMax];
  add(kNumeric, {bytes, write_numeric(bytes, d.mantissa, d.exp)});
  return number(d.exp);
}

Params &Params::integers(const std::vector<std::int64_t> &values) {
  bool nulls = false;
  for (const std::int64_t v : values) nulls |= v == TDK_NULL_I64;
  std::string out = array_head(values.size(), nulls, kInt8);
  for (const std::int64_t v : values) {
    append(out, v == TDK_NULL_I64 ? std::int32_t{-1} : std::int32_t{8});
    if (v != TDK_NULL_I64) append(out, v);
  }
  add(kInt8Array, out);
  return *this;
}

Params &Params::texts(const std::vector<std::string_view> &values) {
  std::string out = array_head(values.size(), false, kText);
  for (const std::string_view v : values) {
    append(out, static_cast<std::int32_t>(v.size()));
    out.append(v);
  }
  add(kTextArray, out);
  return *this;
}

void Params::clear() {
  types_.clear();
  sizes_.clear();
  formats_.clear();
  starts_.clear();
  bytes_.clear();
}

const std::vector<const char *> &Params::values() const {
  values_.clear();
  for (const std::size_t start : starts_) values_.push_back(start == kNull ? nullptr : bytes_.data() + start);
  return values_;
}

}  // namespace tapedeck::postgres
