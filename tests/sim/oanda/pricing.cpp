// pricing: the newest price of each instrument.
#include "sim/hashing.hpp"
#include "sim/oanda/answers.hpp"
#include "sim/oanda/endpoints.hpp"
#include "sim/oanda/price_line.hpp"

namespace tapedeck::sim::oanda {

std::vector<const Instrument *> wanted_instruments(const Context &context, const Query &query) {
  const auto names = query.find("instruments");
  if (!names || names->empty()) refuse(400, "The request was missing required data");
  std::vector<const Instrument *> wanted;
  for (const std::string &name : split_list(*names)) {
    const Instrument *found = context.listing.find(name);
    if (found == nullptr) refuse_value("instruments");
    wanted.push_back(found);
  }
  return wanted;
}

Reply pricing(const Context &context, const Query &query) {
  const std::vector<const Instrument *> wanted = wanted_instruments(context, query);
  const auto since = query.time("since", context.now_ms);
  std::string out = "{\"time\":\"" + time_text(context.form, context.now_ms) + "\",\"prices\":[";
  std::uint64_t rows = 0;
  for (const Instrument *instrument : wanted) {
    const auto tick = instrument->history->latest(context.now_ms);
    if (!tick || (since && tick->time_ms <= *since)) continue;
    if (rows++ > 0) out += ',';
    append_client_price(out, *instrument, *tick, instrument->history->open(context.now_ms),
                        context.form,
                        hash_at(instrument->key, static_cast<std::uint64_t>(tick->time_ms)));
  }
  out += query.flag("includeHomeConversions").value_or(false) ? "],\"homeConversions\":[]}" : "]}";
  Reply reply = ok(std::move(out));
  reply.rows = rows;
  return reply;
}

}  // namespace tapedeck::sim::oanda
