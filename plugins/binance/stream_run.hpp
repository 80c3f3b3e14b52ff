// One connection from its opening to its end: what is subscribed, and messages to the sink.
#pragma once

#include "parse_stream.hpp"
#include "routes.hpp"
#include "session.hpp"
#include "stream_commands.hpp"

#include <tapedeck/layer/streams.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace binance {

class StreamRun {
 public:
  // Says why a vendor's symbol cannot be streamed; empty: it can.
  using Objection = std::function<std::string(const std::string &vendor_symbol)>;

  StreamRun(Session &session, Objection objection, const tdk_stream_sink &sink,
            const tapedeck::Cancel &cancel);

  // Tells the sink what is rejected; throws TDK_NOT_FOUND when nothing is left.
  void ask_for(const tapedeck::StreamRequest &request);
  [[noreturn]] void until_it_ends();

 private:
  void add(const tdk_series &series);
  std::string objection_to(const Route &route) const;
  void remove(const tdk_series &series);
  void take_commands();
  void send_commands(tapedeck::WebSocketConnection &ws);
  void announce_connection();
  void announce_shutdown();

  void on_message(bool is_text, std::string_view bytes);
  void on_reply(const StreamReply &reply);
  void on_refused(StreamCommands::Batch batch, bool bad_name, const tapedeck::Error &why);
  void hand_over(std::string_view vendor_symbol, tapedeck::StreamKind kind, tdk_quote &q);
  void push_trade(const StreamMessage &m);
  void push_book(const StreamMessage &m);
  void push_kline(const StreamMessage &m);

  Session &session_;
  Objection objection_;
  const tapedeck::Cancel &cancel_;
  tapedeck::StreamWriter out_;
  tapedeck::Metric ignored_;
  Routes routes_;
  StreamCommands commands_;
  StreamMessage message_;  // kept for its memory only
  std::string first_objection_;
  std::int64_t opened_at_ns_ = 0;  // by the host's wall clock
  bool connected_ = false;         // everything asked for at first is acknowledged
  bool shutting_down_ = false;
};

}  // namespace binance
