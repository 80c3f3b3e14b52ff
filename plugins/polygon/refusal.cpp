#include "refusal.hpp"

#include "kit/exact_json.hpp"
#include "kit/text.hpp"

#include <algorithm>
#include <charconv>

namespace polygon {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

// `error`, or of NOT_AUTHORIZED and NOT_FOUND `message`; empty when the body has neither.
std::string said_in(std::string_view body) {
  try {
    const kit::ExactJson tree(body, "polygon error");
    for (const char *field : {"error", "message"})
      if (tree.root()[field].is_text()) return std::string(tree.root()[field].text());
  } catch (const tapedeck::Error &) {
    return {};  // HTML, plain text or nothing: the status says enough
  }
  return {};
}

struct Reading {
  tdk_status status;
  const char *advice;
};

Reading reading_of(int http) {
  switch (http) {
    case 400:
      return {TDK_INVALID_ARGUMENT, "change what is asked for"};
    case 401:
      return {TDK_UNAUTHENTICATED, "set api_key to a key of the vendor's dashboard"};
    case 403:
      return {TDK_PERMISSION_DENIED, "the plan of this key does not have it; ask for less, or upgrade it"};
    case 404:
      return {TDK_NOT_FOUND, "no such ticker or path there; check the symbol and base_url"};
    case 429:
      return {TDK_RATE_LIMITED, "wait, and set plan to what the key has"};
    case 413:
    case 499:  // the vendor's own client tries again after these
      return {TDK_UNAVAILABLE, "try again later"};
    default:
      break;
  }
  if (http >= 500) return {TDK_UNAVAILABLE, "try again later"};
  return {tapedeck::status_of_http(http), "not an answer of this vendor; check proxy and base_url"};
}

// The vendor does not say when its minute ends; without a header a whole one is right in any case.
std::int64_t wait_ms(std::string_view retry_after) {
  constexpr std::int64_t kLongest = 86'400;
  std::int64_t seconds = 0;
  const auto [end, ec] =
      std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  if (retry_after.empty() || ec != std::errc{} || seconds <= 0) return kMinuteMs;
  return std::min(seconds, kLongest) * 1'000;
}

}  // namespace

tapedeck::Error refusal(std::string_view doing, const RefusedAnswer &answer) {
  const Reading reading = reading_of(answer.status);
  const std::string said = said_in(answer.body);
  std::string text(doing);
  text += ": HTTP " + std::to_string(answer.status);
  if (!said.empty())
    text += ", '" + kit::excerpt(said, 160) + "'";
  else if (!answer.body.empty())
    text += ", '" + kit::excerpt(answer.body) + "'";
  text += std::string("; ") + reading.advice;
  const std::int64_t wait =
      reading.status == TDK_RATE_LIMITED ? wait_ms(answer.retry_after) : 0;
  return {reading.status, text, wait, answer.status};
}

}  // namespace polygon
