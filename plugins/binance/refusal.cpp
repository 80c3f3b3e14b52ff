#include "refusal.hpp"

#include "kit/text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>

namespace binance {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kShortestBanMs = 2 * kMinuteMs;

struct VendorError {
  std::int64_t code = 0;  // 0: the body has none
  std::string message;
};

VendorError read_body(std::string_view body) {
  boost::system::error_code ec;
  const json::value v = json::parse({body.data(), body.size()}, ec);
  const json::object *object = ec ? nullptr : v.if_object();
  const json::value *code = object ? object->if_contains("code") : nullptr;
  const json::value *message = object ? object->if_contains("msg") : nullptr;
  VendorError out;
  if (code && code->is_int64()) out.code = code->get_int64();
  if (message && message->is_string()) out.message = message->get_string().c_str();
  return out;
}

struct Reading {
  tdk_status status;
  const char *advice;
};

std::optional<Reading> reading_of_code(std::int64_t code) {
  switch (code) {
    case -1121:
      return Reading{TDK_NOT_FOUND, "search for the symbol to see how it is listed"};
    case -1003:
      return Reading{TDK_RATE_LIMITED, "wait, and lower weight_limit if others share the address"};
    case -1000:
    case -1001:
    case -1007:
    case -1008:
    case -1016:
      return Reading{TDK_UNAVAILABLE, "try again later"};
    default:
      break;
  }
  const bool about_parameters = (code <= -1100 && code > -1200) || code == -1220;
  if (about_parameters) return Reading{TDK_INVALID_ARGUMENT, "change what is asked for"};
  return {};
}

Reading reading_of_http(int status) {
  switch (status) {
    case 403:
      return {TDK_PERMISSION_DENIED,
              "the vendor's firewall (WAF) refused it; check proxy and base_url"};
    case 404:
      return {TDK_NOT_FOUND, "no such path there; check base_url"};
    case 418:
      return {TDK_RATE_LIMITED, "the address is banned; wait until the ban ends"};
    case 429:
      return {TDK_RATE_LIMITED, "wait, and lower weight_limit if others share the address"};
    case 451:
      return {TDK_PERMISSION_DENIED, "not offered in this country; set base_url to another host"};
    default:
      break;
  }
  if (status >= 500) return {TDK_UNAVAILABLE, "try again later"};
  return {tapedeck::status_of_http(status),
          "not an answer of this vendor; check proxy and base_url"};
}

std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end == text.data() || value < 0) return {};
  return value;
}

// "IP banned until 1785050129644." is unix ms, by the server's clock.
std::optional<std::int64_t> ban_end_ms(std::string_view message) {
  constexpr std::string_view kMark = "banned until ";
  const std::size_t at = message.find(kMark);
  return at == message.npos ? std::nullopt : digits(message.substr(at + kMark.size()));
}

// Limits are counted in minutes of the clock, so an unexplained 429 ends with the minute.
std::int64_t wait_ms(const RefusedAnswer &answer, std::string_view message, std::int64_t now_ms) {
  constexpr std::int64_t kLongestBanSeconds = 7 * 86'400;  // the documents say 3 days
  if (const auto seconds = digits(answer.retry_after))
    return std::min(*seconds, kLongestBanSeconds) * 1000;
  if (const auto end = ban_end_ms(message))
    return std::clamp(*end - now_ms, std::int64_t{1}, kLongestBanSeconds * 1000);
  return answer.status == 418 ? kShortestBanMs : kMinuteMs - now_ms % kMinuteMs;
}

}  // namespace

tapedeck::Error refusal(std::string_view doing, const RefusedAnswer &answer, std::int64_t now_ms) {
  const VendorError said = read_body(answer.body);
  const Reading reading = reading_of_code(said.code).value_or(reading_of_http(answer.status));
  std::string text(doing);
  text += ": HTTP " + std::to_string(answer.status);
  if (said.code)
    text += ", " + std::to_string(said.code) + " '" + kit::excerpt(said.message, 160) + "'";
  else if (!answer.body.empty())
    text += ", '" + kit::excerpt(answer.body) + "'";
  text += std::string("; ") + reading.advice;
  const std::int64_t wait =
      reading.status == TDK_RATE_LIMITED ? wait_ms(answer, said.message, now_ms) : 0;
  return {reading.status, text, wait, answer.status};
}

}  // namespace binance
