// What the vendor says instead of an answer, as the error the host acts on.
#pragma once

#include "kit/exact_json.hpp"

#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twelvedata {

// {"code":429,"message":"...","status":"error"}: with the real HTTP status, with 200, and inside an
// answer to several symbols.
struct VendorError {
  std::int64_t code = 0;  // repeats the class of the HTTP status; 0: the body names none
  std::string message;
};

// Nothing when `body` is no error: it has neither "status":"error" nor a code from 400 on beside a
// message.
std::optional<VendorError> error_in(const kit::JsonValue &body);

// "No data is available on the specified dates": an answer, not a failure. By the words, as the
// vendor's own tools have it.
bool says_no_data(const VendorError &error);

// `doing` begins the text ("fetching time_series of XAU/USD 15min from https://..."). `http` counts
// where the body names no code, and the words where both say nothing. Pure; `now_ns` is only read
// to turn "for the day" into a time.
tapedeck::Error refusal(std::string_view doing, int http, const VendorError &error,
                        std::int64_t now_ns);

}  // namespace twelvedata
