// libFuzzer: any bytes as JSON with exact numbers. Nothing but TDK_BAD_DATA may come out; every
// number of an accepted tree scans as a decimal or does not fit, and is never malformed.
#include "kit/exact_json.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void check(const kit::JsonValue &value) {
  if (value.is_number())
    require(kit::scan_decimal(value.number()).status != kit::DecimalStatus::Malformed);
  if (value.is_text()) (void)kit::scan_decimal(value.text());
  if (!value.is_object() && !value.is_array()) return;
  std::size_t children = 0;
  for (const kit::JsonValue child : value.children()) {
    ++children;
    if (value.is_object()) require(value[child.key()].exists() || !value[child.key()].absent());
    check(child);
  }
  require(children == value.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  try {
    const kit::ExactJson tree({reinterpret_cast<const char *>(data), size}, "fuzz", {32, 10'000});
    check(tree.root());
  } catch (const tapedeck::Error &e) {
    require(e.code() == TDK_BAD_DATA);
  }
  return 0;
}
