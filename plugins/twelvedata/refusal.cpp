#include "refusal.hpp"

#include "kit/text.hpp"
#include "times.hpp"

namespace twelvedata {
namespace {

// Whether minutes are those of the clock or slide is not told: 60 s after a refused call, which
// counts too, both are over. The rest is for clocks that differ.
constexpr std::int64_t kMinuteWaitMs = 62'000;
// The day's credits are believed to come back at midnight UTC.
constexpr std::int64_t kAfterMidnightMs = 30'000;

struct Reading {
  tdk_status status;
  const char *advice;
  std::int64_t wait_ms = 0;
};

bool says(const VendorError &error, std::string_view words) {
  return error.message.find(words) != std::string::npos;
}

bool about_plan(const VendorError &error) {
  return says(error, "starting with") || says(error, "exclusively with") ||
         says(error, "Consider upgrading");
}

Reading out_of_credits(const VendorError &error, std::int64_t now_ns) {
  constexpr std::int64_t kDayMs = kDaySeconds * 1000;
  if (!says(error, "for the day"))
    return {TDK_RATE_LIMITED, "wait a minute; lower credits_per_minute if others use the key",
            kMinuteWaitMs};
  const std::int64_t now_ms = now_ns / 1'000'000;
  return {TDK_RATE_LIMITED, "the day's credits are spent; go on after midnight UTC",
          kDayMs - now_ms % kDayMs + kAfterMidnightMs};
}

// Of a body that names none, in a status that is none of an error.
std::int64_t code_by_words(const VendorError &error) {
  if (says(error, "run out of API credits")) return 429;
  return says(error, "**apikey**") ? 401 : 0;
}

Reading reading_of(std::int64_t code, const VendorError &error, std::int64_t now_ns) {
  switch (code) {
    case 400:
      if (says(error, "not found"))
        return {TDK_NOT_FOUND, "search for the symbol to see how it is listed"};
      return {TDK_INVALID_ARGUMENT, "change what is asked for"};
    case 401:
      return {TDK_UNAUTHENTICATED, "check apikey"};
    case 403:
      return {TDK_PERMISSION_DENIED, "the key's plan does not include it"};
    case 404:
      if (about_plan(error)) return {TDK_PERMISSION_DENIED, "the key's plan does not include it"};
      if (error.message.empty()) return {TDK_NOT_FOUND, "no such path there; check base_url"};
      return {TDK_NOT_FOUND, "search for the symbol; it may be in a larger plan only"};
    case 414:
      return {TDK_INVALID_ARGUMENT, "ask for fewer symbols at once"};
    case 429:
      return out_of_credits(error, now_ns);
    default:
      break;
  }
  if (code >= 500 && code < 600) return {TDK_UNAVAILABLE, "try again later"};
  return {TDK_BAD_DATA, "not an answer of this vendor; check proxy and base_url"};
}

}  // namespace

std::optional<VendorError> error_in(const kit::JsonValue &body) {
  const kit::JsonValue status = body["status"], code = body["code"], message = body["message"];
  VendorError out;
  if (code.is_number()) out.code = code.whole_number();
  if (message.is_text()) out.message = message.text();
  const bool said = status.is_text() && status.text() == "error";
  return said || (out.code >= 400 && message.is_text()) ? std::optional(out) : std::nullopt;
}

bool says_no_data(const VendorError &error) { return says(error, "No data is available"); }

tapedeck::Error refusal(std::string_view doing, int http, const VendorError &error,
                        std::int64_t now_ns) {
  const std::int64_t code = error.code    ? error.code
                            : http >= 400 ? std::int64_t{http}
                                          : code_by_words(error);
  const Reading reading = reading_of(code, error, now_ns);
  std::string text(doing);
  text += ": HTTP " + std::to_string(http);
  if (error.code && error.code != http) text += ", code " + std::to_string(error.code);
  if (!error.message.empty()) text += ", '" + kit::excerpt(error.message, 200) + "'";
  text += std::string("; ") + reading.advice;
  return {reading.status, text, reading.wait_ms, http};
}

}  // namespace twelvedata
