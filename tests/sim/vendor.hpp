// What a simulated vendor is to the server: a name, which is its URL prefix, and an answer to each
// request.
#pragma once

#include <string>
#include <string_view>

#include "sim/counters.hpp"
#include "sim/message.hpp"
#include "sim/stream_session.hpp"

namespace tapedeck::sim {

/// Threads: handle() runs on many connection threads at once.
class Vendor {
 public:
  virtual ~Vendor() = default;

  /// `binance`: requests below `/binance/` are its own.
  virtual std::string_view name() const = 0;
  virtual Reply handle(const Request &request) = 0;
  /// A reply with `status` as this vendor words it. Called by fault injection, so it charges
  /// nothing.
  virtual Reply error_reply(int status) = 0;
  /// The body of an answer without rows, for faults.
  virtual std::string empty_page() const { return "[]"; }
  /// Weight of the running window, for GET /sim/state; 0 where a vendor has no weights.
  virtual std::int64_t window_weight() const = 0;
  /// Forgets windows and bans.
  virtual void reset_limits() = 0;

  /// Whether WebSockets are opened at `path`.
  virtual bool is_stream(std::string_view /*path*/) const { return false; }
  /// Whether a plain GET at `path` is answered by lines without end.
  virtual bool is_line_stream(std::string_view /*path*/) const { return false; }
  /// Answers an upgrade, or a GET, at such a path.
  virtual StreamOpening open_stream(const Request & /*request*/) { return {}; }
  virtual StreamRules stream_rules() const { return {}; }
  /// A client at this address has been disconnected for sending too much.
  virtual void punish(const std::string & /*client*/) {}

  Counters &counters() { return counters_; }
  const Counters &counters() const { return counters_; }

 private:
  Counters counters_;
};

}  // namespace tapedeck::sim
