#include "catalogue.hpp"

#include <charconv>

namespace tapedeck::sqlite {
namespace {

constexpr std::string_view kUnits = "smhdwM";  // TDK_UNIT_SECOND is 1

// The symbol goes last, so that no symbol can imitate another key.
std::string key_of(const tdk_series &s) {
  std::string key = interval_text(s.interval);
  key.append("|").append(std::to_string(s.price_type));
  key.append("|").append(std::to_string(s.adjustment));
  key.append("|").append(sv(s.symbol));
  return key;
}

Use &bind_series(Use &use, const tdk_series &s, const std::string &interval) {
  return use.bind(1, sv(s.symbol)).bind(2, interval).bind(3, s.price_type).bind(4, s.adjustment);
}

}  // namespace

std::string interval_text(tdk_interval interval) {
  if (interval.unit < TDK_UNIT_SECOND || interval.unit > kUnits.size() || interval.count == 0)
    throw Error(TDK_INVALID_ARGUMENT, "reading an interval: unit " + std::to_string(interval.unit) +
                                          ", count " + std::to_string(interval.count) +
                                          " is none; give a TDK_UNIT_* and a count from 1");
  return std::to_string(interval.count) + kUnits[interval.unit - 1];
}

tdk_interval parse_interval(std::string_view text) {
  tdk_interval interval{};
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), interval.count);
  auto used = static_cast<std::size_t>(end - text.data());
  auto unit = used + 1 == text.size() ? kUnits.find(text[used]) : std::string_view::npos;
  if (failed != std::errc{} || unit == std::string_view::npos)
    throw Error(TDK_IO, "reading the series: '" + std::string(text) +
                            "' is no interval; someone changed the table by hand");
  interval.unit = static_cast<std::uint32_t>(unit) + 1;
  return interval;
}

std::string describe_series(const tdk_series &s) {
  return std::string(sv(s.symbol)) + " " + interval_text(s.interval);
}

std::optional<std::int64_t> Catalogue::find_series(const tdk_series &s) {
  std::string key = key_of(s);
  if (auto known = series_.find(key); known != series_.end()) return known->second;
  std::string interval = interval_text(s.interval);
  Use use = db_->use(
      "SELECT id FROM series WHERE symbol=?1 AND interval=?2 AND price_type=?3 AND adjustment=?4");
  if (!bind_series(use, s, interval).step()) return std::nullopt;
  return series_[key] = use.integer(0);
}

std::optional<std::int64_t> Catalogue::find_source(std::string_view name) {
  if (auto known = sources_.find(std::string(name)); known != sources_.end()) return known->second;
  Use use = db_->use("SELECT id FROM source WHERE name=?1");
  if (!use.bind(1, name).step()) return std::nullopt;
  return sources_[std::string(name)] = use.integer(0);
}

std::int64_t Catalogue::obtain_series(const tdk_series &s) {
  if (auto known = find_series(s)) return *known;
  std::string interval = interval_text(s.interval);
  Use use = db_->use(
      "INSERT INTO series(symbol, interval, price_type, adjustment) VALUES(?1, ?2, ?3, ?4)");
  bind_series(use, s, interval).run();
  return series_[key_of(s)] = sqlite3_last_insert_rowid(db_->handle());
}

std::int64_t Catalogue::obtain_source(std::string_view name) {
  if (auto known = find_source(name)) return *known;
  db_->use("INSERT INTO source(name) VALUES(?1)").bind(1, name).run();
  return sources_[std::string(name)] = sqlite3_last_insert_rowid(db_->handle());
}

std::optional<std::int64_t> Catalogue::find_symbol(std::string_view name) {
  if (auto known = symbols_.find(std::string(name)); known != symbols_.end()) return known->second;
  Use use = db_->use("SELECT id FROM symbol WHERE name=?1");
  if (!use.bind(1, name).step()) return std::nullopt;
  return symbols_[std::string(name)] = use.integer(0);
}

std::int64_t Catalogue::obtain_symbol(std::string_view name) {
  if (auto known = find_symbol(name)) return *known;
  db_->use("INSERT INTO symbol(name) VALUES(?1)").bind(1, name).run();
  return symbols_[std::string(name)] = sqlite3_last_insert_rowid(db_->handle());
}

const std::string &Catalogue::source_name(std::int64_t id) {
  if (auto known = names_.find(id); known != names_.end()) return known->second;
  Use use = db_->use("SELECT name FROM source WHERE id=?1");
  if (!use.bind(1, id).step())
    db_->fail(TDK_IO, "a row names a source that is not there", "restore a backup");
  return names_[id] = std::string(use.text(0));
}

void Catalogue::forget() {
  series_.clear();
  sources_.clear();
  symbols_.clear();
  names_.clear();
}

}  // namespace tapedeck::sqlite
