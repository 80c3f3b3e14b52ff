// run_stream(): one connection for each market that is asked for, from their opening to the end of
// any of them. A market that the plan lacks is rejected instead, and the others go on.
//
// Lifecycle: one call is one set of connections. Threads: one call at a time.
// Failures: those of MarketLink; TDK_NOT_FOUND, TDK_PERMISSION_DENIED or TDK_NOT_SUPPORTED when the
// vendor has nothing of what is asked for. It never reconnects.
#pragma once

#include "catalogue.hpp"
#include "market_link.hpp"

#include <tapedeck/layer/streams.hpp>

#include <array>
#include <memory>
#include <optional>

namespace polygon {

class StreamRun {
 public:
  StreamRun(Session &session, Catalogue &catalogue, const tdk_stream_sink &sink,
            const tapedeck::Cancel &cancel);

  // Tells the sink what is rejected; throws when nothing is left.
  void ask_for(const tapedeck::StreamRequest &request);
  [[noreturn]] void until_it_ends();

 private:
  // What a series is subscribed to as; nothing when it has been rejected.
  struct Wish {
    Market market;
    std::string param;  // "AM.AAPL"
  };
  std::optional<Wish> wish_of(const tdk_series &series);
  void subscribe(const tdk_series &series, const Wish &wish);
  void reject(const tdk_series &series, const tapedeck::Error &why);
  void take_commands();
  void give_up_overdue();
  void step_all();
  void drop(std::unique_ptr<MarketLink> &link, const tapedeck::Error &why);
  bool settled() const;
  bool carries_nothing() const;
  MarketLink &link_of(Market market);

  void on_event(MarketLink &link, const StreamEvent &event);
  void push_candle(MarketLink &link, const StreamEvent &event);
  void push_tick(MarketLink &link, const StreamEvent &event);
  void say_off_grid(const StreamEvent &event);

  Session &session_;
  Catalogue &catalogue_;
  const tapedeck::Cancel &cancel_;
  tapedeck::StreamWriter out_;
  tapedeck::Metric ignored_, off_grid_;
  bool off_grid_said_ = false;
  std::array<std::unique_ptr<MarketLink>, kMarkets> links_;
  std::optional<tapedeck::Error> first_objection_;
  bool sign_of_life_ = false;  // something came that is a part of longer candles
  bool connected_ = false;  // everything asked for at first is answered
};

}  // namespace polygon
