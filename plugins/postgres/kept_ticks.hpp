// Quotes and trades with all that is known of them.
#pragma once

#include "catalogue.hpp"
#include "stream.hpp"

namespace tapedeck::postgres {

// Streams one symbol; the sink is called with ticks of one source and version, some thousand at most.
class KeptTickReader {
 public:
  KeptTickReader(Connection &db, Catalogue &catalogue, const tdk_kept_quote_sink &sink, const Cancel &cancel)
      : db_(db), catalogue_(catalogue), sink_(sink), cancel_(cancel) {}
  // Inside a read transaction.
  void stream(std::string_view name, std::int64_t symbol, const tdk_range &range, bool &started);

 private:
  void hand_on(std::string_view name, const Result &rows);

  Connection &db_;
  Catalogue &catalogue_;
  const tdk_kept_quote_sink &sink_;
  const Cancel &cancel_;
};

}  // namespace tapedeck::postgres
