#include "kept_ticks.hpp"

#include "tick_reader.hpp"

#include <map>

namespace tapedeck::postgres {
namespace {

constexpr const char *kTicks =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT t.time, t.nanos, t.sequence, t.flags, t.bid, t.ask, t.last, t.bid_size,"
    " t.ask_size, t.last_size, t.volume, t.trades, f.price_exp, f.size_exp, f.volume_exp, t.source_id, f.source_version"
    " FROM tick t JOIN tick_format f ON f.id = t.format_id WHERE t.symbol_id = $1::int AND t.kind = $6::smallint"
    " AND (t.time, t.nanos) >= ($2, $3) AND (t.time, t.nanos) < ($4, $5) ORDER BY t.time, t.nanos, t.sequence, t.source_id";

}  // namespace

void KeptTickReader::stream(std::string_view name, std::int64_t symbol, const tdk_range &range, bool &started) {
  for (const std::int64_t kind : {0, 1}) {
    Params params;
    params.integer(symbol).moment(moment_of(range.from)).moment(moment_of(range.to)).integer(kind);
    Stream rows(db_, cancel_, started, kTicks, params);
    while (rows.next()) {
      // Their names before the next rows are asked for.
      for (int row = 0; row < rows.rows().rows(); ++row) catalogue_.source_name(rows.rows().integer(row, 15));
      rows.ahead();
      hand_on(name, rows.rows());
    }
    rows.close();
  }
}

// Ticks of two sources may take turns; of each they stay in order.
void KeptTickReader::hand_on(std::string_view name, const Result &rows) {
  cancel_.check();
  std::map<std::pair<std::int64_t, std::string_view>, std::vector<tdk_quote>> groups;
  for (int row = 0; row < rows.rows(); ++row)
    groups[{rows.integer(row, 15), rows.text(row, 16)}].push_back(quote_of(rows, row, str(name)));
  for (const auto &[from, quotes] : groups) {
    const tdk_kept_quotes kept{sizeof kept, 0, str(catalogue_.source_name(from.first)), str(from.second), quotes.data(),
                               quotes.size(), sizeof(tdk_quote)};
    detail::raise_unless_ok(sink_.on_quotes(sink_.ctx, &kept));
  }
}

}  // namespace tapedeck::postgres
