// run_stream(): prices of any number of symbols over one connection, from its opening to its end.
//
// Lifecycle: one object is one connection. Threads: one.
// Failures: TDK_UNAUTHENTICATED and TDK_PERMISSION_DENIED when the upgrade is refused, which is
// final; TDK_NOT_FOUND or TDK_PERMISSION_DENIED when the vendor has nothing of what is asked for;
// TDK_UNAVAILABLE when the connection is lost or a subscription is not answered within 10 s;
// TDK_BAD_DATA for a message that cannot be decoded. It never reconnects.
#pragma once

#include "parse_stream.hpp"
#include "routes.hpp"
#include "session.hpp"

#include <tapedeck/layer/streams.hpp>

#include <set>
#include <string>
#include <string_view>

namespace twelvedata {

inline constexpr std::int64_t kHeartbeatEveryNs = 10'000'000'000;  // as the vendor recommends

class StreamRun {
 public:
  StreamRun(Session &session, const tdk_stream_sink &sink, const tapedeck::Cancel &cancel);

  // Tells the sink what is rejected; throws what the first was when nothing is left.
  void ask_for(const tapedeck::StreamRequest &request);
  [[noreturn]] void until_it_ends();

 private:
  bool add(const tdk_series &series);  // false: rejected
  void remove(const tdk_series &series);
  void take_commands();
  void send_commands(tapedeck::WebSocketConnection &ws);
  void beat(tapedeck::WebSocketConnection &ws);
  void settle(const std::string &vendor_symbol);
  void reject(const std::string &vendor_symbol, const std::string &why);
  void announce_connection();

  void on_message(bool is_text, std::string_view bytes);
  void on_error(const VendorError &said);
  void on_status(const SubscribeStatus &status);
  void on_price(const StreamPrice &price);
  void push_trade(const StreamPrice &price, const Route &route);
  void push_quote(const StreamPrice &price, const Route &route);

  Session &session_;
  const tapedeck::Cancel &cancel_;
  tapedeck::StreamWriter out_;
  tapedeck::Metric ignored_;
  Routes routes_;
  std::set<std::string> to_subscribe_, to_unsubscribe_;  // not yet sent
  std::set<std::string> waiting_;                        // sent, not answered
  std::int64_t answer_due_ns_ = 0;                       // of waiting_, monotonic
  std::int64_t next_beat_ns_ = 0;                        // monotonic
  std::string first_refusal_;
  tdk_status first_status_ = TDK_OK;
  bool connected_ = false;  // everything asked for at first is answered
};

}  // namespace twelvedata
