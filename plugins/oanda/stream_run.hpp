// run_stream(): quotes of any number of instruments over one response that does not end.
//
// Lifecycle: one call is one connection. What an open stream carries cannot be changed, so the host
// opens another for other series. Connected: when the first line has come that is the vendor's; a
// page of HTML with HTTP 200 is not.
// Threads: one call at a time.
// Failures: TDK_NOT_FOUND when the account knows none of what is asked for; TDK_UNAVAILABLE when
// the response ends; TDK_BAD_DATA for a line that is not JSON, or a price that cannot be read. It
// never reconnects; silence is the host's business, which hears of every heartbeat.
#pragma once

#include "catalogue.hpp"
#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/layer/streams.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oanda {

// The vendor names no limit; the names make up a URL.
inline constexpr std::uint32_t kInstrumentsPerStream = 100;

class StreamRun {
 public:
  StreamRun(Session &session, Catalogue &catalogue, const tdk_stream_sink &sink,
            const tapedeck::Cancel &cancel);

  // Tells the sink what is rejected; throws TDK_NOT_FOUND when nothing is left.
  void ask_for(const tapedeck::StreamRequest &request);
  [[noreturn]] void until_it_ends();

 private:
  void add(const tdk_series &series);
  std::string objection_to(const tdk_series &series, std::string &vendor_symbol);
  [[noreturn]] void read_to_the_end();
  void on_line(std::string_view line);
  void on_price(const Price &price);
  tapedeck::LineConnection connect();

  Session &session_;
  Catalogue &catalogue_;
  const tapedeck::Cancel &cancel_;
  tapedeck::StreamWriter out_;
  tapedeck::Metric ignored_, untradeable_;
  // By the vendor's name. Two canonical ones may mean the same.
  std::map<std::string, std::vector<std::unique_ptr<tapedeck::OwnedSeries>>, std::less<>> wanted_;
  StreamLine line_;  // kept for its memory only
  std::string first_objection_;
  bool connected_ = false;
};

}  // namespace oanda
