#include "batch_book.hpp"

namespace tapedeck::postgres {
namespace {

constexpr std::size_t kKnownMax = 65536;  // a live series has a batch for each row

constexpr const char *kBatches =
    "SELECT id, source_id, fetched_at, price_exp, volume_exp, turnover_exp, rank, source_version FROM batch"
    " WHERE id = ANY($1::bigint[])";

}  // namespace

void BatchBook::learn(const Result &rows, int column) {
  std::vector<std::int64_t> unknown;
  std::int64_t last = -1;
  if (known_.size() > kKnownMax) known_.clear();
  for (int row = 0; row < rows.rows(); ++row) {
    const std::int64_t id = rows.integer(row, column);
    if (id != last && !known_.contains(id)) unknown.push_back(id);
    last = id;
  }
  if (unknown.empty()) return;
  const Result r = db_.run(kBatches, Params().integers(unknown));
  const auto exp = [&r](int row, int at) { return static_cast<int>(r.integer(row, at)); };
  for (int row = 0; row < r.rows(); ++row) {
    known_[r.integer(row, 0)] = {r.integer(row, 1), r.integer(row, 6), r.integer(row, 2),
                                 {exp(row, 3), exp(row, 4), exp(row, 5)}, std::string(r.text(row, 7))};
    catalogue_.source_name(r.integer(row, 1));
  }
}

const Provenance &BatchBook::find(std::int64_t id) const {
  const auto found = known_.find(id);
  if (found == known_.end()) db_.fail(TDK_IO, "a row names a batch that is not there", "restore a backup");
  return found->second;
}

}  // namespace tapedeck::postgres
