#include "live/candle_gate.hpp"

namespace tapedeck {
namespace {

bool same_values(CandleRow a, const CandleRow &b) {
  a.state = b.state;
  return a == b;
}

// A forming candle of the same slot with fewer trades, or less volume, was seen earlier by the vendor.
bool behind(const CandleRow &row, const CandleRow &seen) {
  if (row.trades != TDK_NULL_I64 && seen.trades != TDK_NULL_I64) return row.trades < seen.trades;
  return row.volume != TDK_NULL_I64 && row.volume_exp == seen.volume_exp && row.volume < seen.volume;
}

}  // namespace

CandleGate::Verdict CandleGate::admit(const CandleRow &row, std::uint32_t rank) {
  return row.forming() ? admit_forming(row) : admit_final(row, rank);
}

CandleGate::Verdict CandleGate::admit_final(const CandleRow &row, std::uint32_t rank) {
  if (final_ && row.open_time < final_->open_time) return Verdict::StoreOnly;
  if (final_ && row.open_time == final_->open_time) {
    if (rank > final_rank_) return Verdict::Duplicate;
    const bool same = same_values(row, *final_);
    if (same && rank == final_rank_) return Verdict::Duplicate;
    final_ = row;
    final_rank_ = rank;
    return same ? Verdict::StoreOnly : Verdict::Revised;
  }
  final_ = row;
  final_rank_ = rank;
  if (forming_ && forming_->open_time <= row.open_time) forming_.reset();
  return Verdict::Publish;
}

CandleGate::Verdict CandleGate::admit_forming(const CandleRow &row) {
  if (final_ && row.open_time <= final_->open_time) return Verdict::Stale;
  if (forming_) {
    if (row.open_time < forming_->open_time) return Verdict::Stale;
    if (row.open_time == forming_->open_time) {
      if (row == *forming_) return Verdict::Duplicate;
      if (behind(row, *forming_)) return Verdict::Stale;
    }
  }
  forming_ = row;
  return Verdict::Publish;
}

}  // namespace tapedeck
