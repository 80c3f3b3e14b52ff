// Stored quotes and trades.
#pragma once

#include "stream.hpp"

#include <vector>

namespace tapedeck::postgres {

// Of a row whose first columns are those that kTicks in tick_reader.cpp asks for. Valid as long as the symbol.
tdk_quote quote_of(const Result &rows, int row, tdk_str symbol);

// Streams one request, in arrays of some thousand. Inside a read transaction.
class TickReader {
 public:
  TickReader(Connection &db, const tdk_quote_request &request, const tdk_quote_sink &sink, const Cancel &cancel)
      : db_(db), request_(request), sink_(sink), cancel_(cancel) {}
  void stream(std::int64_t symbol, bool &started);

 private:
  // Where the answer begins.
  struct Place {
    std::int64_t time, sequence, source;
  };
  Place first_of_newest(std::int64_t symbol);
  std::int64_t kind() const { return (request_.flags & TDK_QUOTES_TRADES) != 0; }
  void hand_on(const Result &rows);

  Connection &db_;
  const tdk_quote_request &request_;
  const tdk_quote_sink &sink_;
  const Cancel &cancel_;
  std::vector<tdk_quote> array_;
};

}  // namespace tapedeck::postgres
