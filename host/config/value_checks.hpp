// What is wrong with a single value, by the type its key is declared with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "config/config.hpp"
#include "config/config_keys.hpp"

namespace tapedeck {

// A scalar after its references were resolved.
struct Word {
  std::string value;
  std::string written;  // as it stands in the file: for messages, since `value` may be a secret
  Location at;
};

// Empty when `word` is a good value (or list item) for `key`; otherwise the message. Pure.
std::string word_problem(const KeySpec &key, const Word &word, Nanos now);

// What two items of a list have in common when they mean the same: "1m" for "M1".
std::string canonical_item(KeyType type, const std::string &value);

// Why `name` cannot name a plugin or pipeline, empty when it can. The message shows `written`.
std::string name_problem(const std::string &name, const std::string &written);

// "127.0.0.1:8080", "localhost:0", "[::1]:8080" taken apart, without brackets. Nothing when it is
// no address with a port in 0..65535.
std::optional<std::pair<std::string, std::uint16_t>> parse_listen(const std::string &text);

std::optional<std::int64_t> parse_integer(const std::string &text);

}  // namespace tapedeck
