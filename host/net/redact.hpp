// Keeps the operator's secrets out of everything that is said.
#pragma once

#include <span>
#include <string>

namespace tapedeck {

// `text` with every one of `secrets`, also in its percent-encoded form, replaced by "***". Threads: any.
std::string blank_secrets(std::string text, std::span<const std::string> secrets);

}  // namespace tapedeck
