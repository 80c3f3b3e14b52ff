// The endpoints of the simulated OANDA. Refusals are thrown as ApiError.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/message.hpp"
#include "sim/oanda/listing.hpp"
#include "sim/oanda/query.hpp"
#include "sim/oanda/time_form.hpp"
#include "sim/stream_session.hpp"

namespace tapedeck::sim::oanda {

/// What every token owns.
inline constexpr const char *kAccounts[] = {"101-001-1234567-001", "101-001-1234567-002"};

struct Context {
  const Listing &listing;
  std::int64_t now_ms = 0;
  TimeForm form = TimeForm::Rfc3339;
};

Reply accounts(const Context &context);
Reply account_summary(const Context &context, const std::string &account);
Reply account_instruments(const Context &context, const Query &query);
Reply pricing(const Context &context, const Query &query);
Reply candles(const Context &context, const std::string &instrument, const Query &query);
Reply latest_candles(const Context &context, const Query &query);

/// The listed ones of `instruments=A,B`, which must be there.
std::vector<const Instrument *> wanted_instruments(const Context &context, const Query &query);

struct StreamPace {
  bool fast = false;  // recorded ticks come from the first on, as fast as they are taken
  /// Of each instrument only the last price of a window is sent, at its end; 0: every price. The vendor's are 250 ms.
  std::int64_t window_ms = 0;
};

/// A client's stream of prices. The listing must outlive it.
std::unique_ptr<StreamSession> make_price_stream(const Context &context, const Query &query,
                                                 StreamPace pace);

}  // namespace tapedeck::sim::oanda
