// What must not be stored of symbols and economic events, and what tells events apart. Pure.
#pragma once

#include <tapedeck/plugin.hpp>

#include <string>

namespace kit {

// Throws TDK_INVALID_ARGUMENT: a row without its symbol or title, an exponent beyond 18 digits, a
// decimal without its mantissa.
void check_fact(const tdk_symbol &symbol, std::uint64_t row);
void check_fact(const tdk_calendar_event &event, std::uint64_t row);

// All rows of a call, and that it names a source.
template <class T>
void check_facts(std::string_view source, const tapedeck::Rows<T> &rows) {
  if (source.empty())
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "storing facts: the call names no source");
  for (std::uint64_t i = 0; i < rows.count; ++i) check_fact(rows[i], i);
}

// Empty for an event with an id of the source's; else where and what it is, which with its time tells
// it apart.
std::string event_key(const tdk_calendar_event &event);

}  // namespace kit
