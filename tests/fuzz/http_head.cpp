// The head of an HTTP answer that goes on as a stream.
#include "net/http_head.hpp"

#include "fuzz.hpp"

using namespace tapedeck;
using namespace tapedeck::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto head = parse_http_head(text_of(data, size));
  if (!head) return 0;
  require(head->status >= 100 && head->status <= 599, "the status is one of HTTP's");
  for (const auto &[name, value] : head->headers) {
    require(is_token(name), "a header's name is a token");
    require(is_field_value(value), "a header's value has no control characters");
    require(head->header(name).data() != nullptr, "a header is found by its name");
  }
  return 0;
}
