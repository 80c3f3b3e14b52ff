// libFuzzer: any bytes as a line of OANDA's price stream, or as an answer of its pricing. Nothing but
// TDK_BAD_DATA may come out, and what is accepted makes a quote with prices, or none.
#include "parse.hpp"
#include "quote_of.hpp"

#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

template <class Parse>
void only_bad_data(Parse &&parse) {
  try {
    parse();
  } catch (const tapedeck::Error &e) {
    if (e.code() != TDK_BAD_DATA) std::abort();
  }
}

void check(const oanda::Price &price) {
  const auto quote = oanda::quote_of(price, {});
  if (quote && (quote->bid <= 0 || quote->ask <= 0 || quote->time < 0)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  only_bad_data([&] {
    oanda::StreamLine line;
    oanda::parse_stream_line(bytes, line);
    if (line.kind == oanda::StreamLine::Kind::Price) check(line.price);
  });
  only_bad_data([&] {
    for (const oanda::Price &price : oanda::parse_pricing(bytes)) check(price);
  });
  return 0;
}
