#include "catalogue.hpp"

namespace tapedeck::sqlite {
namespace {

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
