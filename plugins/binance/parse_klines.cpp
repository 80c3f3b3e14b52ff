#include "decimals.hpp"
#include "kit/text.hpp"
#include "parse.hpp"

#include <tapedeck/layer/core.hpp>

#include <array>
#include <boost/json/basic_parser_impl.hpp>

namespace binance {
namespace {

namespace json = boost::json;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::size_t kFewestFields = 11;  // the twelfth is documented as unused

enum class Kind { OpenTime, CloseTime, Trades, Price, Volume, Turnover, Unread };
struct Field {
  const char *name;
  Kind kind;
  Klines::Column column;
};
constexpr std::array<Field, kFewestFields> kFields{
    {{"open time", Kind::OpenTime, Klines::kOpenTime},
     {"open", Kind::Price, Klines::kOpen},
     {"high", Kind::Price, Klines::kHigh},
     {"low", Kind::Price, Klines::kLow},
     {"close", Kind::Price, Klines::kClose},
     {"volume", Kind::Volume, Klines::kVolume},
     {"close time", Kind::CloseTime, {}},
     {"quote volume", Kind::Turnover, Klines::kTurnover},
     {"trades", Kind::Trades, Klines::kTrades},
     {"taker base volume", Kind::Unread, {}},
     {"taker quote volume", Kind::Unread, {}}}};

bool is_text(Kind kind) { return kind >= Kind::Price; }

// Takes the parser's events and writes cells; the first thing that is wrong stops the parser.
class RowBuilder {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;
  using Code = boost::system::error_code;
  using Text = json::string_view;

  RowBuilder(const KlinesAsked &asked, Klines &out) : asked_(asked), out_(out) {
    for (std::size_t i = 0; i < kFields.size(); ++i)
      cells_[i] = out.column[kFields[i].column].data();
    cells_[6] = out.close_time.data();
  }
  const std::string &why() const { return why_; }    // empty: nothing wrong but the JSON itself
  int *too_large_for() const { return too_large_; }  // the exponent that has to be coarser, or null
  std::size_t rows() const { return row_; }

  bool on_document_begin(Code &) { return true; }
  bool on_document_end(Code &) { return true; }
  bool on_array_begin(Code &ec) {
    if (++depth_ == 1) return true;
    if (depth_ > 2) return wrong(ec, "an array where a value should be");
    if (row_ == asked_.limit)
      return wrong(ec, "one row more than the " + std::to_string(asked_.limit) + " asked for");
    field_ = 0;
    return true;
  }
  bool on_array_end(std::size_t, Code &ec) { return --depth_ == 0 || finish_row(ec); }
  bool on_object_begin(Code &ec) { return wrong(ec, "an object where an array should be"); }
  bool on_object_end(std::size_t, Code &) { return true; }
  bool on_string_part(Text, std::size_t, Code &ec) { return wrong(ec, "a string without an end"); }
  bool on_string(Text text, std::size_t, Code &ec) {
    if (depth_ != 2) return wrong(ec, "a string where an array should be");
    if (field_ >= kFields.size()) return ++field_, true;
    const Field &field = kFields[field_];
    if (!is_text(field.kind)) return wrong_type(ec, "a string: '" + kit::excerpt(text) + "'");
    std::int64_t *cell = cells_[field_++] + row_;
    if (field.kind == Kind::Unread) return true;
    const Scan scan = scan_decimal({text.data(), text.size()}, exponent(field.kind), *cell);
    return scan == Scan::Ok || wrong_decimal(ec, field, scan, text);
  }
  bool on_key_part(Text, std::size_t, Code &) { return true; }
  bool on_key(Text, std::size_t, Code &) { return true; }
  bool on_number_part(Text, Code &) { return true; }
  bool on_int64(std::int64_t value, Text, Code &ec) {
    if (depth_ != 2) return wrong(ec, "a number where an array should be");
    if (field_ >= kFields.size()) return ++field_, true;
    if (is_text(kFields[field_].kind)) return wrong_type(ec, "the number " + std::to_string(value));
    if (value < 0) return wrong_type(ec, "negative: " + std::to_string(value));
    cells_[field_++][row_] = value;
    return true;
  }
  bool on_uint64(std::uint64_t value, Text, Code &ec) {
    return other(ec, "out of range: " + std::to_string(value));
  }
  bool on_double(double, Text, Code &ec) { return other(ec, "not a whole number"); }
  bool on_bool(bool, Code &ec) { return other(ec, "a boolean"); }
  bool on_null(Code &ec) { return other(ec, "null"); }
  bool on_comment_part(Text, Code &) { return true; }
  bool on_comment(Text, Code &) { return true; }

 private:
  bool stop(Code &ec) { return ec = json::error::exception, false; }
  bool wrong(Code &ec, const std::string &what) {
    const bool in_row = depth_ > 0;
    why_ = (in_row ? "row " + std::to_string(row_) + ": " : std::string("the answer is ")) + what;
    return stop(ec);
  }
  bool wrong_type(Code &ec, const std::string &what) {
    return wrong(ec, std::string(kFields[field_].name) + " is " + what);
  }
  bool other(Code &ec, const char *what) { return other(ec, std::string(what)); }
  bool other(Code &ec, const std::string &what) {
    if (depth_ != 2) return wrong(ec, what + " where an array should be");
    return field_ < kFields.size() ? wrong_type(ec, what) : (++field_, true);
  }
  bool wrong_decimal(Code &ec, const Field &field, Scan scan, Text text);
  bool finish_row(Code &ec);
  bool check_times(Code &ec, std::int64_t open_ms, std::int64_t close_ms);
  bool check_prices(Code &ec);

  int &exponent(Kind kind) const {
    return kind == Kind::Price    ? out_.price_exp
           : kind == Kind::Volume ? out_.volume_exp
                                  : out_.turnover_exp;
  }
  std::int64_t &cell(Klines::Column column) const { return out_.column[column][row_]; }

  const KlinesAsked &asked_;
  Klines &out_;
  std::array<std::int64_t *, kFields.size()> cells_{};
  std::size_t row_ = 0, field_ = 0;
  int depth_ = 0;
  std::int64_t last_open_ms_ = -1;
  int *too_large_ = nullptr;
  std::string why_;
};

bool RowBuilder::wrong_decimal(Code &ec, const Field &field, Scan scan, Text text) {
  int &exp = exponent(field.kind);
  if (scan == Scan::TooLarge && exp < 0) return too_large_ = &exp, stop(ec);
  const char *what = scan == Scan::Malformed    ? "not a decimal"
                     : scan == Scan::TooPrecise ? "more precise than 10^"
                                                : "larger than int64 at 10^";
  return wrong(ec, std::string(field.name) + " is " + what +
                       (scan == Scan::Malformed ? "" : std::to_string(exp)) + ": '" +
                       kit::excerpt(text) + "'");
}

bool RowBuilder::finish_row(Code &ec) {
  if (field_ < kFewestFields) return wrong(ec, std::to_string(field_) + " fields, not 12");
  std::int64_t &open_time = cell(Klines::kOpenTime);
  if (!check_times(ec, open_time, out_.close_time[row_]) || !check_prices(ec)) return false;
  last_open_ms_ = open_time;
  open_time *= kNsPerMs;
  out_.close_time[row_++] *= kNsPerMs;
  return true;
}

// Weeks and months may close early (a delisted pair); every other candle closes 1 ms before the
// next.
bool RowBuilder::check_times(Code &ec, std::int64_t open_ms, std::int64_t close_ms) {
  if (open_ms < asked_.from_ms || open_ms >= asked_.to_ms)
    return wrong(ec, "open time " + std::to_string(open_ms) + " is outside the asked range [" +
                         std::to_string(asked_.from_ms) + ", " + std::to_string(asked_.to_ms) +
                         ")");
  if (open_ms <= last_open_ms_)
    return wrong(ec, "open time " + std::to_string(open_ms) + " does not come after " +
                         std::to_string(last_open_ms_));
  if (!on_grid(*asked_.interval, open_ms))
    return wrong(ec, "open time " + std::to_string(open_ms) + " is not the start of an interval");
  const std::int64_t due = next_open(*asked_.interval, open_ms) - 1;
  const bool may_be_early = asked_.interval->id.unit >= TDK_UNIT_WEEK && close_ms > open_ms;
  if (close_ms == due || (may_be_early && close_ms < due)) return true;
  return wrong(ec, "close time is " + std::to_string(close_ms) + ", not " + std::to_string(due));
}

bool RowBuilder::check_prices(Code &ec) {
  const std::int64_t high = cell(Klines::kHigh), low = cell(Klines::kLow);
  for (auto [name, price] :
       {std::pair{"open", cell(Klines::kOpen)}, std::pair{"close", cell(Klines::kClose)}})
    if (price < low || price > high)
      return wrong(ec, std::string(name) + " " + std::to_string(price) + " is outside low " +
                           std::to_string(low) + " to high " + std::to_string(high) +
                           " (in units of 10^" + std::to_string(out_.price_exp) + ")");
  return true;
}

[[noreturn]] void refuse(const KlinesAsked &asked, const std::string &why) {
  throw tapedeck::Error(TDK_BAD_DATA, "binance klines of " + kit::excerpt(asked.symbol) + " " +
                                          std::string(asked.interval->name) + ": " + why);
}

// One pass at the exponents of `out`. Returns the exponent that was too fine for a value, else
// null.
int *parse_at_exponents(std::string_view body, const KlinesAsked &asked, Klines &out) {
  json::basic_parser<RowBuilder> parser({}, asked, out);
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  RowBuilder &rows = parser.handler();
  if (rows.too_large_for()) return rows.too_large_for();
  if (!rows.why().empty())
    refuse(asked, rows.rows() ? rows.why() : rows.why() + ", in '" + kit::excerpt(body) + "'");
  if (ec || used < body.size())
    refuse(asked, "not JSON (" + (ec ? ec.message() : "more after the end") + " at byte " +
                      std::to_string(used) + "), it begins with '" + kit::excerpt(body) + "'");
  out.count = rows.rows();
  return nullptr;
}

}  // namespace

void Klines::make_room(std::size_t rows) {
  if (state.size() >= rows) return;
  for (auto &cells : column) cells.resize(rows);
  close_time.resize(rows);
  state.resize(rows);
}

void parse_klines(std::string_view body, const KlinesAsked &asked, Klines &out) {
  KlinesAsked bounded = asked;
  bounded.to_ms = std::min(asked.to_ms, kEndOfTimeMs);
  out.make_room(asked.limit);
  out.count = 0;
  out.price_exp = out.volume_exp = out.turnover_exp = kFinestExp;
  while (int *exponent = parse_at_exponents(body, bounded, out)) ++*exponent;
  std::fill(out.state.begin(), out.state.end(), 0);
}

}  // namespace binance
