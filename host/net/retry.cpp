#include "net/retry.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace tapedeck {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kYear = 366 * 86'400 * kSecond;

std::optional<std::int64_t> parse_http_date(const std::string &text) {
  for (const char *format : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm fields{};
    const char *end = strptime(text.c_str(), format, &fields);
    if (end != nullptr && *end == 0) return static_cast<std::int64_t>(timegm(&fields)) * kSecond;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_retry_after(std::string_view value, std::int64_t now_ns) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  const bool digits = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits) {
    std::int64_t seconds = kYear / kSecond;
    if (value.size() < 10) std::from_chars(value.data(), value.data() + value.size(), seconds);
    return std::min(seconds * kSecond, kYear);
  }
  const auto date = parse_http_date(std::string(value));
  if (!date) return std::nullopt;
  return std::clamp<std::int64_t>(*date - now_ns, 0, kYear);
}

Backoff::Backoff(std::uint64_t seed, std::int64_t first_ns, std::int64_t longest_ns)
    : first_ns_(first_ns), longest_ns_(longest_ns), random_(seed) {}

std::int64_t Backoff::after(int tries) {
  std::int64_t full = first_ns_;
  for (int i = 1; i < tries && full < longest_ns_; ++i) full *= 2;
  full = std::max<std::int64_t>(std::min(full, longest_ns_), 1);
  const std::lock_guard lock(mutex_);
  return full / 2 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(full - full / 2 + 1));
}

}  // namespace tapedeck
