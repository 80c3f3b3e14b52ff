// The SQL of the readable views: exact decimals and ISO times, made with integer arithmetic only.
#pragma once

#include <string>

namespace tapedeck::sqlite {

std::string market_data_sql();    // final candles, one row each
std::string coverage_view_sql();  // the ledger, states in words
std::string quotes_view_sql();
std::string trades_view_sql();
std::string instruments_view_sql();
std::string events_view_sql();
std::string outbox_view_sql();    // what waits and what is dead

}  // namespace tapedeck::sqlite
