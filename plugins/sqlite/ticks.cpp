#include "ticks.hpp"

#include "kit/storage/limit.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace tapedeck::sqlite {
namespace {

constexpr std::size_t kRowsPerArray = 4096;

// Finds the ids of what hardly ever changes from one tick to the next.
class TickIds {
 public:
  TickIds(Database &db, Catalogue &catalogue, const tdk_commit_batch &batch)
      : db_(db),
        catalogue_(catalogue),
        version_(sv(batch.source_version)),
        source_(catalogue.obtain_source(sv(batch.source))) {}

  TickRow row_of(const tdk_quote &q) {
    if (name_.data() == nullptr || sv(q.symbol) != name_) {
      name_ = sv(q.symbol);
      symbol_ = catalogue_.obtain_symbol(name_);
    }
    if (!has_format(q)) obtain_format(q);
    return {&q, symbol_, source_, format_};
  }

 private:
  bool has_format(const tdk_quote &q) const {
    return format_ != 0 && q.price_exp == price_exp_ && q.size_exp == size_exp_ &&
           q.volume_exp == volume_exp_;
  }
  void obtain_format(const tdk_quote &q) {
    price_exp_ = q.price_exp;
    size_exp_ = q.size_exp;
    volume_exp_ = q.volume_exp;
    format_ = find_format();
    if (format_ != 0) return;
    bind_key(db_.use("INSERT INTO tick_format(source_version, price_exp, size_exp, volume_exp)"
                     " VALUES(?1, ?2, ?3, ?4)"))
        .run();
    format_ = sqlite3_last_insert_rowid(db_.handle());
  }
  std::int64_t find_format() {
    Use use = db_.use("SELECT id FROM tick_format WHERE source_version=?1 AND price_exp=?2 AND"
                      " size_exp=?3 AND volume_exp=?4");
    return bind_key(use).step() ? use.integer(0) : 0;
  }
  Use &bind_key(Use &&use) { return bind_key(use); }
  Use &bind_key(Use &use) {
    return use.bind(1, version_).bind(2, price_exp_).bind(3, size_exp_).bind(4, volume_exp_);
  }

  Database &db_;
  Catalogue &catalogue_;
  std::string_view version_, name_;
  std::int64_t symbol_ = 0, source_, format_ = 0;
  std::int32_t price_exp_ = 0, size_exp_ = 0, volume_exp_ = 0;
};

}  // namespace

// Each symbol's quotes, then its trades, so that neighbours are stored one after another; of two with the
// same sequence the first stays first.
void TickWriter::gather(const tdk_commit_batch &b) {
  TickIds ids(db_, catalogue_, b);
  rows_.rows.clear();
  rows_.rows.reserve(b.quote_count);
  for (std::uint64_t i = 0; i < b.quote_count; ++i)
    rows_.rows.push_back(ids.row_of(tapedeck::detail::at(b.quotes, i, b.quote_stride)));
  std::stable_sort(rows_.rows.begin(), rows_.rows.end(), [](const TickRow &x, const TickRow &y) {
    return x.symbol != y.symbol ? x.symbol < y.symbol : x.kind() < y.kind();
  });
}

// Asked before they are stored; of those with one key only the first will be.
void TickWriter::mark_new(const tdk_commit_batch &b, kit::StoredRows::Marks &stored) {
  Use use = db_.use(
      "SELECT r.rowid FROM tick_rows r WHERE NOT EXISTS(SELECT 1 FROM tick t WHERE t.sequence=r.sequence AND"
      " t.symbol_id=r.symbol_id AND t.kind=r.kind AND t.source_id=r.source_id)");
  std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> seen;
  const auto *first = reinterpret_cast<const char *>(b.quotes);
  while (use.step()) {
    const TickRow &row = rows_.rows[static_cast<std::size_t>(use.integer(0))];
    if (!seen.emplace(row.quote->sequence, row.symbol, row.kind()).second) continue;
    const auto offset = reinterpret_cast<const char *>(row.quote) - first;
    stored[static_cast<std::uint64_t>(offset) / b.quote_stride] = true;
  }
}

std::uint64_t TickWriter::store(const tdk_commit_batch &b, kit::StoredRows::Marks *stored) {
  gather(b);
  if (stored) mark_new(b, *stored);
  const std::int64_t before = sqlite3_total_changes64(db_.handle());
  db_.use("INSERT OR IGNORE INTO tick SELECT * FROM tick_rows").run();
  rows_.rows.clear();
  return static_cast<std::uint64_t>(sqlite3_total_changes64(db_.handle()) - before);
}

TickReader::TickReader(Database &db, const tdk_quote_request &request, const tdk_quote_sink &sink,
                       const Cancel &cancel)
    : db_(db), request_(request), sink_(sink), cancel_(cancel) {}

void TickReader::stream(std::int64_t symbol) {
  const bool newest = (request_.flags & TDK_QUOTES_NEWEST) != 0 && request_.limit != 0;
  const Place start =
      newest ? first_of_newest(symbol) : Place{request_.range.from, INT64_MIN, INT64_MIN};
  Use use = db_.use(
      "SELECT " TAPEDECK_TICK_COLUMNS " FROM tick t CROSS JOIN tick_format f ON f.id=t.format_id"
      " WHERE t.symbol_id=?1 AND t.kind=?2 AND t.time<?3"
      " AND (t.time, t.sequence, t.source_id)>=(?4, ?5, ?6)"
      " ORDER BY t.time, t.sequence, t.source_id LIMIT ?7");
  use.bind(1, symbol).bind(2, (request_.flags & TDK_QUOTES_TRADES) != 0).bind(3, request_.range.to);
  use.bind(4, start.time).bind(5, start.sequence).bind(6, start.source);
  use.bind(7, kit::sql_limit(request_.limit));
  rows_.reserve(kRowsPerArray);
  while (use.step()) accept(use);
  flush();
}

// The limit-th tick from the end, so that the scan itself can go upwards.
TickReader::Place TickReader::first_of_newest(std::int64_t symbol) {
  Use use = db_.use(
      "SELECT time, sequence, source_id FROM tick WHERE symbol_id=?1 AND kind=?2 AND time>=?3 AND"
      " time<?4 ORDER BY time DESC, sequence DESC, source_id DESC LIMIT 1 OFFSET ?5");
  use.bind(1, symbol).bind(2, (request_.flags & TDK_QUOTES_TRADES) != 0);
  use.bind(3, request_.range.from).bind(4, request_.range.to);
  use.bind(5, kit::sql_limit(request_.limit) - 1);
  if (!use.step()) return {request_.range.from, INT64_MIN, INT64_MIN};
  return {use.integer(0), use.integer(1), use.integer(2)};
}

tdk_quote quote_of(const Use &row, tdk_str symbol) {
  tdk_quote q{};
  q.struct_size = sizeof q;
  q.symbol = symbol;
  q.sequence = row.integer(0);
  q.time = row.integer(1);
  q.flags = static_cast<std::uint32_t>(row.integer(2));
  q.bid = row.cell(3);
  q.ask = row.cell(4);
  q.last = row.cell(5);
  q.bid_size = row.cell(6);
  q.ask_size = row.cell(7);
  q.last_size = row.cell(8);
  q.volume = row.cell(9);
  q.trades = row.cell(10);
  q.price_exp = static_cast<std::int32_t>(row.integer(11));
  q.size_exp = static_cast<std::int32_t>(row.integer(12));
  q.volume_exp = static_cast<std::int32_t>(row.integer(13));
  return q;
}

void TickReader::accept(const Use &row) {
  rows_.push_back(quote_of(row, request_.symbol));
  if (rows_.size() == kRowsPerArray) flush();
}

void TickReader::flush() {
  if (rows_.empty()) return;
  cancel_.check();
  const tdk_status answer =
      sink_.on_quotes(sink_.ctx, rows_.data(), rows_.size(), sizeof(tdk_quote));
  rows_.clear();
  tapedeck::detail::raise_unless_ok(answer);
}

}  // namespace tapedeck::sqlite
