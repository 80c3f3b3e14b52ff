// What a plugin's quote, symbol or economic event has to be before anybody reads it.
#pragma once

#include <tapedeck/abi.h>

namespace tapedeck {

// Texts of a readable size (the symbol in UTF-8 without control characters), exponents from -18 to 18, a
// time to which a day can be added.
// Threads: any.
bool is_sound(const tdk_quote &quote);
bool is_sound(const tdk_symbol &symbol);
bool is_sound(const tdk_calendar_event &event);

}  // namespace tapedeck
