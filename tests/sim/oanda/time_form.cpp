#include "sim/oanda/time_form.hpp"

#include <charconv>
#include <cstdio>

#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

TimeForm time_form_of(std::string_view header) {
  return header == "UNIX" ? TimeForm::Unix : TimeForm::Rfc3339;
}

std::string time_text(TimeForm form, std::int64_t ms) {
  if (form == TimeForm::Rfc3339) {
    std::string text = iso8601(ms);
    text.insert(text.size() - 1, "000000");
    return text;
  }
  char text[48];
  std::snprintf(text, sizeof text, "%lld.%03lld000000", static_cast<long long>(ms / kSecondMs),
                static_cast<long long>(ms % kSecondMs));
  return text;
}

std::optional<std::int64_t> parse_any_time(std::string_view text) {
  const std::string_view seconds = text.substr(0, text.find('.'));
  if (!is_digits(seconds) || seconds.size() > 10) return parse_iso8601(text);
  std::int64_t ms = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), ms);
  ms *= kSecondMs;
  if (seconds.size() == text.size()) return ms;
  std::string fraction(text.substr(seconds.size() + 1));
  if (!is_digits(fraction) || fraction.size() > 9) return std::nullopt;
  fraction.resize(3, '0');
  std::int64_t part = 0;
  std::from_chars(fraction.data(), fraction.data() + 3, part);
  return ms + part;
}

}  // namespace tapedeck::sim::oanda
