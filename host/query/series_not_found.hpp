// A series that nobody keeps, told apart: the symbol is unknown, or only this interval of it.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <string>
#include <utility>

namespace tapedeck {

// Always TDK_NOT_FOUND.
class SeriesNotFound : public Error {
 public:
  SeriesNotFound(bool symbol_known, const std::string &message, std::string hint)
      : Error(TDK_NOT_FOUND, message), symbol_known_(symbol_known), hint_(std::move(hint)) {}
  bool symbol_known() const noexcept { return symbol_known_; }
  const std::string &hint() const noexcept { return hint_; }  // what to ask for instead; may be empty

 private:
  bool symbol_known_;
  std::string hint_;
};

}  // namespace tapedeck
