#include "ingest/copy/kept_difference.hpp"

#include <algorithm>
#include <span>

namespace tapedeck {
namespace {

__extension__ using Wide = __int128;

// What is known of one open time.
struct Slot {
  Nanos time = 0;
  const KeptRow *standing = nullptr;
  std::span<const KeptRow> former;
};

// The rows, open time by open time.
class SlotCursor {
 public:
  explicit SlotCursor(const KeptRows &rows)
      : standing_(rows.rows().data(), rows.standing()),
        former_(rows.rows().data() + rows.standing(), rows.size() - rows.standing()) {}
  bool done() const noexcept { return standing_.empty() && former_.empty(); }
  Nanos time() const noexcept {
    if (standing_.empty()) return former_.front().open_time;
    if (former_.empty()) return standing_.front().open_time;
    return std::min(standing_.front().open_time, former_.front().open_time);
  }
  Slot take(Nanos time) {
    Slot out{time, nullptr, {}};
    if (!standing_.empty() && standing_.front().open_time == time) {
      out.standing = &standing_.front();
      standing_ = standing_.subspan(1);
    }
    std::size_t n = 0;
    while (n < former_.size() && former_[n].open_time == time) ++n;
    out.former = former_.first(n);
    former_ = former_.subspan(n);
    return out;
  }

 private:
  std::span<const KeptRow> standing_, former_;
};

bool same_number(std::int64_t a, int a_exp, std::int64_t b, int b_exp) {
  if (a_exp == b_exp || a == 0 || a == TDK_NULL_I64 || b == TDK_NULL_I64) return a == b;
  if (a_exp < b_exp) return same_number(b, b_exp, a, a_exp);
  if (a_exp - b_exp > 18) return false;
  Wide scaled = a;
  for (int i = b_exp; i < a_exp; ++i) scaled *= 10;
  return scaled == b;
}

class Comparison {
 public:
  Comparison(const KeptRows &first, const KeptRows &second) : first_(first), second_(second) {}

  KeptDifference run() {
    SlotCursor a(first_), b(second_);
    while (!a.done() || !b.done()) {
      const Nanos time = a.done() ? b.time() : b.done() ? a.time() : std::min(a.time(), b.time());
      judge(a.take(time), b.take(time));
    }
    out_.missing.insert(out_.missing.end(), missing_former_.begin(), missing_former_.end());
    return std::move(out_);
  }

 private:
  bool equal(const KeptRow &a, const KeptRow &b) const {
    return a.open_time == b.open_time && a.cells == b.cells && a.state == b.state && a.replaced_at == b.replaced_at &&
           first_.origin_of(a) == second_.origin_of(b);
  }
  // Whether a value replaced another one says nothing about the value itself.
  bool same_value(const KeptRow &a, const KeptRow &b) const {
    const KeptOrigin &x = first_.origin_of(a), &y = second_.origin_of(b);
    const std::int32_t xs[] = {x.price_exp, x.price_exp, x.price_exp, x.price_exp, x.volume_exp, x.turnover_exp, 0};
    const std::int32_t ys[] = {y.price_exp, y.price_exp, y.price_exp, y.price_exp, y.volume_exp, y.turnover_exp, 0};
    for (std::size_t c = 0; c < a.cells.size(); ++c)
      if (!same_number(a.cells[c], xs[c], b.cells[c], ys[c])) return false;
    return (a.state & ~TDK_CANDLE_REVISED) == (b.state & ~TDK_CANDLE_REVISED);
  }

  void judge(const Slot &a, const Slot &b) {
    if (a.standing != nullptr && b.standing != nullptr && !equal(*a.standing, *b.standing)) return judge_values(a, b);
    if (a.standing != nullptr && b.standing == nullptr) out_.missing.push_back(a.standing);
    if (a.standing == nullptr && b.standing != nullptr) out_.extra.push_back(b.time);
    judge_former(a.former, b);
  }

  // Both have a value, and not the same.
  void judge_values(const Slot &a, const Slot &b) {
    const bool forming = (b.standing->state & TDK_CANDLE_FORMING) != 0;
    const auto was = std::find_if(a.former.begin(), a.former.end(), [&](const KeptRow &f) { return stood(f, *b.standing); });
    std::size_t heard = a.former.size();  // so many of them are former values there, or stand there
    if (was != a.former.end()) {
      heard = static_cast<std::size_t>(was - a.former.begin()) + 1;
    } else if (forming) {
      heard = std::min(b.former.size(), a.former.size());
    } else if (!same_value(*a.standing, *b.standing)) {
      out_.different.push_back(a.time);
      return judge_former(a.former, b);
    } else if (first_.origin_of(*a.standing).rank >= second_.origin_of(*b.standing).rank) {
      out_.other_origin.push_back(a.time);
      return judge_former(a.former, b);
    }  // else a better source took the same value over, which leaves no former one
    CandleBehind behind;
    for (std::size_t i = heard; i <= a.former.size(); ++i) {
      const KeptRow *row = i < a.former.size() ? &a.former[i] : a.standing;
      behind.later.push_back({row, i > 0 ? a.former[i - 1].replaced_at : first_.origin_of(*row).fetched_at});
    }
    out_.behind.push_back(std::move(behind));
    // The one that stands there becomes a former value when it gives way.
    judge_former(a.former.first(was != a.former.end() ? heard - 1 : heard), b);
  }
  bool stood(const KeptRow &former, const KeptRow &standing) const {
    return former.cells == standing.cells && former.state == standing.state &&
           first_.origin_of(former) == second_.origin_of(standing);
  }

  void judge_former(std::span<const KeptRow> a, const Slot &b) {
    const auto same = [this](const KeptRow &x, const KeptRow &y) { return equal(x, y); };
    if (std::equal(a.begin(), a.end(), b.former.begin(), b.former.end(), same)) return;
    for (const KeptRow &x : a)
      if (std::none_of(b.former.begin(), b.former.end(), [&](const KeptRow &y) { return equal(x, y); }))
        missing_former_.push_back(&x);
    for (const KeptRow &y : b.former)
      if (std::none_of(a.begin(), a.end(), [&](const KeptRow &x) { return equal(x, y); })) out_.extra.push_back(b.time);
  }

  const KeptRows &first_, &second_;
  KeptDifference out_;
  std::vector<const KeptRow *> missing_former_;
};

}  // namespace

KeptDifference difference_of(const KeptRows &first, const KeptRows &second) { return Comparison(first, second).run(); }

std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) noexcept {
  sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
  return sum ^ (sum >> 29);
}

std::uint64_t checksum_of(const std::string &text) noexcept {
  std::uint64_t sum = text.size();
  for (const char c : text) sum = mixed(sum, static_cast<unsigned char>(c));
  return sum;
}

void KeptChecksum::add(const KeptRows &rows) {
  std::vector<std::uint64_t> origins;
  const auto origin_sum = [&](const KeptRow &row) {
    if (row.origin >= origins.size()) origins.resize(row.origin + 1, 0);
    std::uint64_t &sum = origins[row.origin];
    if (sum != 0) return sum;
    const KeptOrigin &o = rows.origin_of(row);
    sum = mixed(checksum_of(o.source), checksum_of(o.source_version));
    for (const std::int64_t word : {std::int64_t{o.rank}, o.fetched_at, std::int64_t{o.price_exp}, std::int64_t{o.volume_exp},
                                    std::int64_t{o.turnover_exp}})
      sum = mixed(sum, static_cast<std::uint64_t>(word));
    return sum;
  };
  for (const KeptRow &row : rows.rows()) {
    std::uint64_t &sum = row.former() ? former_ : standing_;
    sum = mixed(sum, origin_sum(row));
    sum = mixed(mixed(sum, static_cast<std::uint64_t>(row.open_time)), row.state);
    for (const std::int64_t cell : row.cells) sum = mixed(sum, static_cast<std::uint64_t>(cell));
    sum = mixed(sum, static_cast<std::uint64_t>(row.replaced_at));
  }
}

std::uint64_t KeptChecksum::value() const noexcept { return mixed(standing_, former_); }

}  // namespace tapedeck
