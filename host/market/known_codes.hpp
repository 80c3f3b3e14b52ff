// Codes of currencies, metals and coins, and the names of indices, as far as a notation is understood by them.
#pragma once

#include <string_view>

namespace tapedeck {

bool is_currency(std::string_view code) noexcept;   // ISO 4217, and CNH
bool is_metal(std::string_view code) noexcept;      // XAU XAG XPT XPD
bool is_commodity(std::string_view code) noexcept;  // as OANDA calls them: BCO, WTICO, NATGAS, ...
bool is_coin(std::string_view code) noexcept;       // crypto assets that are traded much
bool is_stablecoin(std::string_view code) noexcept; // those that others are quoted in

// The canonical name of an index or of a contract on it; empty when `notation` is none.
std::string_view index_of(std::string_view notation) noexcept;
// What a word means that is a stock's ticker too; empty when it is none.
std::string_view ambiguous_word(std::string_view word) noexcept;

}  // namespace tapedeck
