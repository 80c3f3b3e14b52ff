// Keys of this deployment.
#pragma once

#include <string>
#include <string_view>

namespace tapedeck::redis {

std::string cache_key(std::string_view prefix, std::string_view key);
// In braces, so that a cluster keeps what belongs together in one place.
std::string budget_key(std::string_view prefix, std::string_view account);
// What SCAN's MATCH takes for "begins with `text`", whatever characters it holds.
std::string glob_of_prefix(std::string_view text);

}  // namespace tapedeck::redis
