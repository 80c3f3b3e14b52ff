// Small text helpers shared by messages, logs and the API.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tapedeck/abi.h>

namespace tapedeck {

// The status as programs and people read it: "rate_limited".
std::string_view status_name(tdk_status status) noexcept;

// The one of `names` that was probably meant, empty when none is near (edit distance, case ignored).
std::string nearest(std::string_view word, const std::vector<std::string> &names);
// The same of symbols, which may be written without their slash.
std::string nearest_symbol(std::string_view word, const std::vector<std::string> &symbols);

std::string join(const std::vector<std::string> &parts, std::string_view separator);

// Text of a stranger, made safe to print in one line: control characters and broken UTF-8 become
// '?', more than `limit` bytes are cut.
std::string printable(std::string_view text, std::size_t limit = 200);

// `text` as it stands between the quotes of a JSON string.
void append_json_escaped(std::string &out, std::string_view text);
std::string json_quoted(std::string_view text);

// Values of query parameters and headers that carry secrets, and of user:password@, become "***".
std::string redact_url(std::string_view url);

}  // namespace tapedeck
