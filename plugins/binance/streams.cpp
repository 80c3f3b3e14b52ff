#include "streams.hpp"

#include "kit/text.hpp"
#include "stream_run.hpp"

#include <algorithm>

namespace binance {

std::string Streams::objection(const std::string &vendor_symbol, const tapedeck::Cancel &cancel) {
  if (traded_.count(vendor_symbol)) return {};
  const std::vector<Listing> &all = catalogue_.listings(cancel);
  for (const Listing &l : all)
    if (l.status == TDK_SYMBOL_TRADING) traded_.insert(l.vendor_symbol);
  if (traded_.count(vendor_symbol)) return {};
  const bool listed = std::any_of(
      all.begin(), all.end(), [&](const Listing &l) { return l.vendor_symbol == vendor_symbol; });
  return "streaming " + kit::excerpt(vendor_symbol) + ": " +
         (listed ? "Binance lists it, but does not trade it at the moment; try again later"
                 : "Binance lists no such symbol; search for it to see how it is written");
}

void Streams::run(const tdk_stream_request &rq, const tdk_stream_sink &sink,
                  const tapedeck::Cancel &cancel) {
  const auto objects = [&](const std::string &symbol) { return objection(symbol, cancel); };
  StreamRun run(session_, objects, sink, cancel);
  run.ask_for(tapedeck::StreamRequest(rq));
  run.until_it_ends();
}

}  // namespace binance
