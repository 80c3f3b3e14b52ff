#include "config/text_checks.hpp"

#include "config/config_input.hpp"
#include "config/problems.hpp"

namespace tapedeck {
namespace {

bool continues(const std::string &s, std::size_t i) {
  return i < s.size() && (static_cast<unsigned char>(s[i]) & 0xc0) == 0x80;
}

// Bytes of the character at s[i], 0 when it is none.
std::size_t character_length(const std::string &s, std::size_t i) {
  const auto c = static_cast<unsigned char>(s[i]);
  const std::size_t n = c < 0x80                ? 1
                        : c >= 0xc2 && c < 0xe0 ? 2
                        : c >= 0xe0 && c < 0xf0 ? 3
                        : c >= 0xf0 && c < 0xf5 ? 4
                                                : 0;
  for (std::size_t k = 1; k < n; ++k)
    if (!continues(s, i + k)) return 0;
  return n;
}

bool is_control(char c) {
  return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

}  // namespace

std::optional<Problem> prepare_text(const std::string &file, std::string &text) {
  if (text.size() > kMaxConfigBytes) return Problem{{file, 0, 0}, "is larger than 1 MiB"};
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return Problem{{file, 0, 0}, kEmptyFile};
  Location at{file, 1, 1};
  for (std::size_t i = 0; i < text.size(); ++at.column) {
    const std::size_t n = character_length(text, i);
    if (n == 0) return Problem{at, "not UTF-8 text; save the file as UTF-8"};
    if (is_control(text[i])) return Problem{at, "a control character; remove it"};
    if (text[i] == '\n') at = {file, at.line + 1, 0};
    i += n;
  }
  return std::nullopt;
}

}  // namespace tapedeck
