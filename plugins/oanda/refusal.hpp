// What is no answer - another status than 200, or a page of HTML in its place - as the error the
// host acts on.
#pragma once

#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string_view>

namespace oanda {

inline constexpr std::int64_t kRateWaitMs = 1'000;  // limits are counted in seconds

// `doing` begins the text ("fetching candles of EUR_USD M1 from https://..."). `body` is
// {"errorMessage":"..."}, empty, HTML, or anything. Pure.
tapedeck::Error refusal(std::string_view doing, int status, std::string_view body);

// The same of a refusal that comes as a line of a stream, behind HTTP 200: its words are all there is.
tapedeck::Error refusal_on_stream(std::string_view doing, std::string_view said);

// The vendor's front end answers with a page of its own now and then, also with HTTP 200.
bool is_html(std::string_view body);

// Whether the vendor refused it because `parameter` lies in the future, by its clock.
bool is_future(const tapedeck::Error &error, std::string_view parameter);

}  // namespace oanda
