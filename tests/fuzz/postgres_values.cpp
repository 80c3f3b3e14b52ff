// libFuzzer: any bytes as a NUMERIC of PostgreSQL's at any exponent, and as a vendor's words. What is read as a
// number is written and read again as the same; words become text that PostgreSQL keeps, and then stay as they are.
#include "fuzz.hpp"
#include "kit/storage/utf8.hpp"
#include "numeric.hpp"

using namespace tapedeck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  for (int exp = -18; exp <= 18; ++exp) {
    std::int64_t read = 0, again = 0;
    if (!postgres::read_numeric(bytes, exp, read)) continue;
    char written[postgres::kNumericMax];
    const std::size_t length = postgres::write_numeric(written, read, exp);
    fuzz::require(length <= sizeof written, "a number fits");
    fuzz::require(postgres::read_numeric({written, length}, exp, again) && again == read, "a number comes back");
  }
  const std::string text = kit::storable(bytes);
  fuzz::require(text.size() == bytes.size(), "a byte becomes a byte");
  fuzz::require(text.find('\0') == std::string::npos, "no NUL is left");
  fuzz::require(kit::storable(text) == text, "what is storable stays");
  return 0;
}
