#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <numeric>

#include "base/utf8.hpp"

namespace tapedeck {
namespace {

constexpr std::array<std::string_view, 17> kStatusNames = {
    "ok",          "cancelled",         "timeout",      "stopped",       "invalid_argument",
    "not_found",   "not_supported",     "unauthenticated", "permission_denied", "rate_limited",
    "unavailable", "io_error",          "bad_data",     "internal",      "out_of_memory",
    "busy",        "incompatible"};

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, change});
      diagonal = above;
    }
  }
  return row[b.size()];
}

template <class Fold>
std::string nearest_by(std::string_view word, const std::vector<std::string> &names, Fold fold) {
  const std::string wanted = fold(word);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto &name : names) {
    const std::size_t d = edit_distance(wanted, fold(name));
    if (d < best_distance) {
      best_distance = d;
      best = name;
    }
  }
  return best;
}

bool names_a_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 9> kSecret = {
      "apikey", "api_key", "token", "secret", "signature", "password", "key", "access_token", "auth"};
  const std::string k = lower(key);
  return std::find(kSecret.begin(), kSecret.end(), k) != kSecret.end();
}

}  // namespace

std::string_view status_name(tdk_status status) noexcept {
  return status >= 0 && static_cast<std::size_t>(status) < kStatusNames.size()
             ? kStatusNames[static_cast<std::size_t>(status)]
             : "internal";
}

std::string nearest(std::string_view word, const std::vector<std::string> &names) {
  return nearest_by(word, names, lower);
}

std::string nearest_symbol(std::string_view word, const std::vector<std::string> &symbols) {
  return nearest_by(word, symbols, [](std::string_view symbol) {
    std::string bare = lower(symbol);
    std::erase(bare, '/');
    return bare;
  });
}

std::string join(const std::vector<std::string> &parts, std::string_view separator) {
  std::string out;
  for (const auto &p : parts) {
    if (!out.empty()) out += separator;
    out += p;
  }
  return out;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t n = c < 0x80 ? 1 : utf8_size(text.substr(i));
    if (out.size() + std::max<std::size_t>(n, 1) > limit) return out + "...";
    if (n == 0 || c < 0x20 || c == 0x7f) {
      out += c == '\n' || c == '\t' || c == '\r' ? ' ' : '?';
      ++i;
    } else {
      out.append(text.substr(i, n));
      i += n;
    }
  }
  return out;
}

void append_json_escaped(std::string &out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t n = c < 0x80 ? 1 : utf8_size(text.substr(i));
    if (n == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD: what was there is no text
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i];
    } else if (c < 0x20) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", c);
      out += buffer;
    } else {
      out.append(text.substr(i, n));
    }
    i += n;
  }
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  append_json_escaped(out, text);
  out += '"';
  return out;
}

std::string redact_url(std::string_view url) {
  std::string out;
  const std::size_t scheme = url.find("://");
  const std::size_t authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find('/', authority), url.size());
  const std::size_t at = url.rfind('@', path == 0 ? 0 : path - 1);
  out.append(url.substr(0, authority));
  std::size_t rest = authority;
  if (at != std::string_view::npos && at >= authority && at < path) {
    out += "***@";
    rest = at + 1;
  }
  const std::size_t query = std::min(url.find('?', rest), url.size());
  out.append(url.substr(rest, query - rest));
  for (std::size_t i = query; i < url.size();) {
    const std::size_t end = std::min(url.find('&', i + 1), url.size());
    const std::string_view pair = url.substr(i, end - i);  // with its leading ? or &
    const std::size_t equals = std::min(pair.find('='), pair.size());
    out.append(names_a_secret(pair.substr(1, equals - 1)) && equals < pair.size()
                   ? std::string(pair.substr(0, equals + 1)) + "***"
                   : std::string(pair));
    i = end;
  }
  return out;
}

}  // namespace tapedeck
