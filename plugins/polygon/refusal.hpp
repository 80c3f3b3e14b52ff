// An answer that is not HTTP 200, as the error the host acts on.
#pragma once

#include <tapedeck/layer/services.hpp>

#include <string_view>

namespace polygon {

struct RefusedAnswer {
  int status = 0;                // HTTP
  std::string_view body;         // {"status":"ERROR","error":"..."}, NOT_AUTHORIZED with `message`, or anything
  std::string_view retry_after;  // the header, seconds; empty: absent
};

// `doing` begins the text ("fetching minutes of AAPL from https://..."). Pure.
tapedeck::Error refusal(std::string_view doing, const RefusedAnswer &answer);

}  // namespace polygon
