#include "runtime/provider.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

std::vector<QuoteRow> Provider::fetch_quotes(const std::vector<std::string> &, const tdk_cancel *) {
  throw Error(TDK_NOT_SUPPORTED, "quotes are not supported by this provider");
}

std::vector<EconomicEvent> Provider::fetch_calendar(TimeRange, const std::string &, const tdk_cancel *) {
  throw Error(TDK_NOT_SUPPORTED, "an economic calendar is not supported by this provider");
}

void Provider::run_stream(const StreamAsk &, StreamSink &, const tdk_cancel *) {
  throw Error(TDK_NOT_SUPPORTED, "this provider has no streams");
}

}  // namespace tapedeck
