#include "kept_ticks.hpp"

#include "ticks.hpp"

namespace tapedeck::sqlite {
namespace {

constexpr std::size_t kRowsPerBatch = 4096;

constexpr const char *kTicks =
    "SELECT " TAPEDECK_TICK_COLUMNS ", t.source_id, t.format_id, o.name, f.source_version"
    " FROM tick t CROSS JOIN tick_format f ON f.id=t.format_id CROSS JOIN source o ON o.id=t.source_id"
    " WHERE t.symbol_id=?1 AND t.kind=?2 AND t.time>=?3 AND t.time<?4 ORDER BY t.time, t.sequence, t.source_id";

}  // namespace

void KeptTickReader::stream(std::int64_t symbol) {
  for (std::int64_t kind : {0, 1}) {
    Use use = db_.use(kTicks);
    use.bind(1, symbol).bind(2, kind).bind(3, range_.from).bind(4, range_.to);
    while (use.step()) {
      Group &group = group_of(use);
      group.rows.push_back(quote_of(use, str(symbol_)));
      if (group.rows.size() == kRowsPerBatch) flush(group);
    }
  }
  for (auto &[key, group] : groups_) flush(group);
}

// By the ids, which are cheaper to look up than the texts; two formats may have one version.
KeptTickReader::Group &KeptTickReader::group_of(const Use &row) {
  Group *&known = by_ids_[{row.integer(14), row.integer(15)}];
  if (!known) {
    known = &groups_[{row.integer(14), std::string(row.text(17))}];
    known->source = row.text(16);
    known->version = row.text(17);
  }
  return *known;
}

void KeptTickReader::flush(Group &group) {
  if (group.rows.empty()) return;
  cancel_.check();
  const tdk_kept_quotes kept{sizeof kept,        0, str(group.source), str(group.version), group.rows.data(),
                             group.rows.size(), sizeof(tdk_quote)};
  const tdk_status answer = sink_.on_quotes(sink_.ctx, &kept);
  group.rows.clear();
  tapedeck::detail::raise_unless_ok(answer);
}

}  // namespace tapedeck::sqlite
