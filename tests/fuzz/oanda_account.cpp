// libFuzzer: any bytes as an answer of OANDA's accounts, summary or instruments, or as a refusal. What
// becomes part of a path or a list of names must not break out of it.
#include "parse.hpp"
#include "refusal.hpp"

#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

void require_plain(std::string_view name) {
  if (name.empty() || name.find_first_of("/?&,% \r\n") != name.npos) std::abort();
}

template <class Parse>
void only_refused(Parse &&parse) {
  try {
    parse();
  } catch (const tapedeck::Error &e) {
    if (e.code() != TDK_BAD_DATA && e.code() != TDK_NOT_FOUND) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  only_refused([&] { require_plain(oanda::parse_first_account(bytes)); });
  only_refused([&] { require_plain(oanda::parse_summary_account(bytes)); });
  only_refused([&] {
    for (const oanda::Instrument &i : oanda::parse_instruments(bytes)) require_plain(i.name);
  });
  for (const int status : {200, 400, 401, 429, 503})
    if (oanda::refusal("x", status, bytes).code() == TDK_OK) std::abort();
  return 0;
}
