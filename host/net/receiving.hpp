// What every receive() of a stream has in common, be it from the network or from a tape.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <string>

#include "base/cancel.hpp"

namespace tapedeck {

// Throws Error when the caller's token has fired, or its time is up. `text` begins the message.
inline void heed(const tdk_cancel *cancel, const std::string &text) {
  const tdk_status status = status_of(cancel);
  if (status != TDK_OK) throw Error(status, text + (status == TDK_TIMEOUT ? ": the caller's time is up" : ": cancelled"));
}

// Stands while handlers of a stream are called, which must not call receive(). Throws Error
// (TDK_INVALID_ARGUMENT) when one does. `flag` is the stream's.
class Receiving {
 public:
  Receiving(bool &flag, const std::string &text) : flag_(flag) {
    if (flag) throw Error(TDK_INVALID_ARGUMENT, text + ": receive() inside its own handler");
    flag = true;
  }
  ~Receiving() { flag_ = false; }
  Receiving(const Receiving &) = delete;
  Receiving &operator=(const Receiving &) = delete;

 private:
  bool &flag_;
};

}  // namespace tapedeck
