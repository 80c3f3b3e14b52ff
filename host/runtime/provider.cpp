#include "runtime/provider.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

void Provider::run_stream(const StreamAsk &, StreamSink &, const tdk_cancel *) {
  throw Error(TDK_NOT_SUPPORTED, "this provider has no streams");
}

}  // namespace tapedeck
