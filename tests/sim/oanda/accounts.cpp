// accounts, summary and instruments.
#include "sim/oanda/answers.hpp"
#include "sim/oanda/endpoints.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr const char *kLastTransaction = "2124";

std::string instrument_json(const Instrument &i) {
  std::string out = "{\"name\":\"" + i.name + "\",\"type\":\"" + i.type + "\",\"displayName\":\"" +
                    i.display_name + "\",\"pipLocation\":" + std::to_string(i.pip) +
                    ",\"displayPrecision\":" + std::to_string(i.decimals) +
                    ",\"tradeUnitsPrecision\":0,\"minimumTradeSize\":\"1\","
                    "\"maximumTrailingStopDistance\":\"1.00000\","
                    "\"minimumTrailingStopDistance\":\"0.00050\",\"maximumPositionSize\":\"0\","
                    "\"maximumOrderUnits\":\"100000000\",\"marginRate\":\"0.04\","
                    "\"guaranteedStopLossOrderMode\":\"DISABLED\",\"tags\":[{\"type\":"
                    "\"ASSET_CLASS\",\"name\":\"" +
                    i.type + "\"}],\"financing\":{\"longRate\":\"-0.074\",\"shortRate\":\"0.0216\"}}";
  return out;
}

}  // namespace

Reply accounts(const Context &) {
  std::string out = "{\"accounts\":[";
  for (const char *id : kAccounts)
    out.append(out.back() == '[' ? "" : ",").append("{\"id\":\"").append(id).append(
        "\",\"tags\":[]}");
  return ok(out + "]}");
}

Reply account_summary(const Context &context, const std::string &account) {
  return ok("{\"account\":{\"id\":\"" + account +
            "\",\"alias\":\"Primary\",\"currency\":\"USD\",\"balance\":\"100000.0000\","
            "\"createdByUserID\":1234567,\"createdTime\":\"" +
            time_text(context.form, 1'466'802'231'000) +
            "\",\"guaranteedStopLossOrderMode\":\"DISABLED\",\"pl\":\"0.0000\",\"financing\":"
            "\"0.0000\",\"marginRate\":\"0.04\",\"openTradeCount\":0,\"openPositionCount\":0,"
            "\"pendingOrderCount\":0,\"hedgingEnabled\":false,\"unrealizedPL\":\"0.0000\",\"NAV\":"
            "\"100000.0000\",\"marginUsed\":\"0.0000\",\"marginAvailable\":\"100000.0000\","
            "\"lastTransactionID\":\"" +
            kLastTransaction + "\"},\"lastTransactionID\":\"" + kLastTransaction + "\"}");
}

Reply account_instruments(const Context &context, const Query &query) {
  std::string out = "{\"instruments\":[";
  std::uint64_t rows = 0;
  const auto add = [&](const Instrument &instrument) {
    out.append(out.back() == '[' ? "" : ",").append(instrument_json(instrument));
    ++rows;
  };
  if (query.find("instruments")) {
    for (const Instrument *instrument : wanted_instruments(context, query)) add(*instrument);
  } else {
    for (const Instrument &instrument : context.listing.all()) add(instrument);
  }
  Reply reply = ok(out + "],\"lastTransactionID\":\"" + kLastTransaction + "\"}");
  reply.rows = rows;
  return reply;
}

}  // namespace tapedeck::sim::oanda
