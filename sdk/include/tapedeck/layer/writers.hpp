// Rows in, sink calls out, for everything that is not a candle.
#pragma once

#include <tapedeck/layer/core.hpp>

namespace tapedeck {
inline namespace v1 {

// Strings are borrowed for the call only. A sink's refusal comes out as Error: let it pass.
template <class Row, class Sink, tdk_status(TDK_CALL *Sink::*Function)(void *, const Row *,
                                                                       std::uint64_t, std::uint64_t)>
class RowWriter {
 public:
  explicit RowWriter(const Sink &sink) : sink_(&sink) {}
  void push(Row row) {
    row.struct_size = sizeof row;
    detail::raise_unless_ok((sink_->*Function)(sink_->ctx, &row, 1, sizeof row));
  }

 private:
  const Sink *sink_;
};
using QuoteWriter = RowWriter<tdk_quote, tdk_quote_sink, &tdk_quote_sink::on_quotes>;
using SymbolWriter = RowWriter<tdk_symbol, tdk_symbol_sink, &tdk_symbol_sink::on_symbols>;
using CalendarWriter = RowWriter<tdk_calendar_event, tdk_calendar_sink, &tdk_calendar_sink::on_events>;

struct FindingWriter {
  const tdk_finding_sink *sink;
  void add(unsigned severity, std::string_view rule, tdk_range range, std::string_view msg,
           std::uint64_t row = 0, std::uint64_t rows = 0) {
    tdk_finding f{sizeof f, severity, str(rule), range, row, rows, str(msg)};
    detail::raise_unless_ok(sink->on_findings(sink->ctx, &f, 1, sizeof f));
  }
};

}  // namespace v1
}  // namespace tapedeck
