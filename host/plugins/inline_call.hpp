// A call into a plugin on the caller's own thread, who stays until it is over.
#pragma once

#include <memory>
#include <utility>

#include "plugins/instance.hpp"

namespace tapedeck {

// Its body is on the caller's stack, which is there until the call returns.
template <class Body>
class InlineCall final : public PluginCall {
 public:
  InlineCall(const char *function, const tdk_cancel *cancel, Body body)
      : PluginCall(function, cancel), body_(std::move(body)) {}
  using PluginCall::offer;
  using PluginCall::refuse;
  using PluginCall::token;

 private:
  tdk_status run(tdk_error *error) override { return body_(*this, error); }
  Body body_;
};

// `body` gets the call and the error to fill. As PluginInstance::call().
template <class Body>
tdk_status call_inline(PluginInstance &instance, const char *function, const tdk_cancel *cancel,
                       Body body) {
  return instance.call(std::make_shared<InlineCall<Body>>(function, cancel, std::move(body)),
                       PluginInstance::Where::Inline);
}

}  // namespace tapedeck
