// libFuzzer: any bytes as an answer of Twelve Data. Nothing but TDK_BAD_DATA may come out, and what
// is accepted keeps the promises of parse.hpp.
#include "parse.hpp"
#include "refusal.hpp"
#include "sums.hpp"
#include "times.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::int64_t kFrom = 1'700'000'000, kTo = 1'710'000'000;

void require(bool promise) {
  if (!promise) std::abort();
}

// Calls f, which may throw TDK_BAD_DATA only.
template <class F>
void guarded(F &&f) {
  try {
    f();
  } catch (const tapedeck::Error &e) {
    require(e.code() == TDK_BAD_DATA);
  }
}

std::int64_t at(const kit::Decimal &value, int exp) {
  std::int64_t out = 0;
  require(kit::mantissa_at(value, exp, out) == kit::DecimalStatus::Ok);
  return out;
}

// Prices of one row share an exponent; of a sum they need not, and then it is refused later.
void check_rows(const std::vector<kit::ExactCandle> &rows, bool are_sums) {
  std::int64_t last = INT64_MIN;
  for (const kit::ExactCandle &c : rows) {
    require(c.open_time > last);
    last = c.open_time;
    const kit::Decimal prices[] = {c.open, c.high, c.low, c.close};
    const auto exp = kit::common_exponent(prices, kit::kFinestExponent);
    require(exp.has_value() || are_sums);
    if (!exp) continue;
    require(at(c.low, *exp) <= at(c.open, *exp) && at(c.open, *exp) <= at(c.high, *exp));
    require(at(c.low, *exp) <= at(c.close, *exp) && at(c.close, *exp) <= at(c.high, *exp));
    require(!c.volume || c.volume->mantissa >= 0);
  }
}

void check(const twelvedata::SeriesPage &page) {
  check_rows(page.rows, false);
  for (const kit::ExactCandle &c : page.rows)
    require(c.open_time >= kFrom * twelvedata::kSecondNs &&
            c.open_time < kTo * twelvedata::kSecondNs);
  require(page.received >= page.rows.size());
  check_rows(twelvedata::sums_of(page.rows, *twelvedata::find_interval("1h")), true);
}

void read_all(const kit::JsonValue &root) {
  guarded([&] {
    if (const auto error = twelvedata::error_in(root))
      require(twelvedata::refusal("x", 200, *error, 0).code() != TDK_OK);
  });
  guarded([&] {
    check(twelvedata::parse_time_series(
        root, {"XAU/USD", twelvedata::find_interval("15min"), kFrom, kTo}));
  });
  guarded([&] { twelvedata::parse_quote(root); });
  guarded([&] { twelvedata::parse_price(root); });
  guarded([&] { twelvedata::parse_listings(root, TDK_ASSET_OTHER); });
  guarded([&] { twelvedata::parse_earliest(root, *twelvedata::find_interval("1day")); });
  guarded([&] { require(twelvedata::parse_usage(root).per_minute > 0); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  guarded([&] { read_all(kit::ExactJson(bytes, "fuzz").root()); });
  return 0;
}
