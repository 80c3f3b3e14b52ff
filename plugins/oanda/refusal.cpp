#include "refusal.hpp"

#include "kit/exact_json.hpp"
#include "kit/text.hpp"

#include <algorithm>

namespace oanda {
namespace {

struct Reading {
  tdk_status status;
  const char *advice;
};

// The vendor's words, empty when it used none.
std::string message_of(std::string_view body) {
  try {
    const kit::ExactJson tree(body, "error");
    return std::string(tree.root()["errorMessage"].text_or(""));
  } catch (const tapedeck::Error &) {
    return {};
  }
}

Reading reading_of_bad_request(std::string_view said) {
  const auto has = [&](std::string_view part) { return said.find(part) != said.npos; };
  if (has("specified for 'instrument"))
    return {TDK_NOT_FOUND, "search for the symbol to see how OANDA writes it, and whether this "
                           "account may see it"};
  if (has("Time is in the future")) return {TDK_INVALID_ARGUMENT, "check the clock of this machine"};
  return {TDK_INVALID_ARGUMENT, "change what is asked for"};
}

Reading reading_of(int status, std::string_view said) {
  if (said.find("request was forbidden") != said.npos || status == 403)
    return {TDK_PERMISSION_DENIED, "check that the account belongs to the token"};
  switch (status) {
    case 400:
      return reading_of_bad_request(said);
    case 401:
      return {TDK_UNAUTHENTICATED,
              "check the token, and that environment is the one it was made for"};
    case 404:
      return {TDK_NOT_FOUND, "check account and base_url"};
    case 429:
      return {TDK_RATE_LIMITED, "lower requests_per_second if others share the address"};
    default:
      break;
  }
  if (status >= 500) return {TDK_UNAVAILABLE, "try again later"};
  return {tapedeck::status_of_http(status), "check base_url and proxy"};
}

}  // namespace

bool is_html(std::string_view body) {
  const std::size_t at = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return at != body.npos && body[at] == '<';
}

tapedeck::Error refusal(std::string_view doing, int status, std::string_view body) {
  std::string text(doing);
  if (status == 200)
    return {TDK_UNAVAILABLE, text + ": HTTP 200 with a page of HTML in place of an answer, '" +
                                 kit::excerpt(body) + "'; try again later"};
  const std::string said = message_of(body);
  const Reading reading = reading_of(status, said);
  text += ": HTTP " + std::to_string(status);
  if (!said.empty())
    text += ", '" + kit::excerpt(said, 160) + "'";
  else if (!body.empty())
    text += ", '" + kit::excerpt(body) + "'";
  text += std::string("; ") + reading.advice;
  return {reading.status, text, reading.status == TDK_RATE_LIMITED ? kRateWaitMs : 0, status};
}

tapedeck::Error refusal_on_stream(std::string_view doing, std::string_view said) {
  const auto has = [&](std::string_view part) { return said.find(part) != said.npos; };
  const int alike = has("Insufficient authorization") ? 401 : has("specified for '") ? 400 : 503;
  const Reading reading = reading_of(alike, said);
  return {reading.status,
          std::string(doing) + ": '" + kit::excerpt(said, 160) + "'; " + reading.advice};
}

bool is_future(const tapedeck::Error &error, std::string_view parameter) {
  const std::string_view text = error.what();
  return error.upstream() == 400 && text.find("Time is in the future") != text.npos &&
         text.find("'" + std::string(parameter) + "'") != text.npos;
}

}  // namespace oanda
