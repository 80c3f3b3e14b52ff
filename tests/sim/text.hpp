// Joins pieces of text. (g++ 12 at -O3 warns wrongly about `"'" + std::string(x) + "'"`, GCC PR
// 105651.)
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace tapedeck::sim {

inline std::string concat(std::initializer_list<std::string_view> pieces) {
  std::string out;
  for (const std::string_view piece : pieces) out.append(piece);
  return out;
}

/// `'text'`
inline std::string quoted(std::string_view text) { return concat({"'", text, "'"}); }

}  // namespace tapedeck::sim
