#include "catalogue.hpp"

namespace tapedeck::postgres {
namespace {

constexpr const char *kFindSeries =
    "SELECT id FROM series WHERE symbol = $1 AND timeframe = $2 AND price_type = $3 AND adjustment = $4";
constexpr const char *kAddSeries =
    "INSERT INTO series(symbol, timeframe, price_type, adjustment) VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id";
constexpr const char *kFindSource = "SELECT id FROM source WHERE name = $1";
constexpr const char *kAddSource = "INSERT INTO source(name) VALUES($1) ON CONFLICT DO NOTHING RETURNING id";
constexpr const char *kFindSymbol = "SELECT id FROM symbol WHERE name = $1";
constexpr const char *kAddSymbol = "INSERT INTO symbol(name) VALUES($1) ON CONFLICT DO NOTHING RETURNING id";
constexpr const char *kFindFormat =
    "SELECT id FROM tick_format WHERE source_version = $1 AND price_exp = $2 AND size_exp = $3 AND volume_exp = $4";
constexpr const char *kAddFormat =
    "INSERT INTO tick_format(source_version, price_exp, size_exp, volume_exp) VALUES($1, $2, $3, $4)"
    " ON CONFLICT DO NOTHING RETURNING id";

Params params_of(const tdk_series &s) {
  return Params().text(sv(s.symbol)).text(kit::interval_text(s.interval)).integer(s.price_type).integer(s.adjustment);
}

}  // namespace

// The symbol goes last, so that no symbol can imitate another key.
std::string series_key(const tdk_series &s) {
  std::string key = kit::interval_text(s.interval);
  key.append("|").append(std::to_string(s.price_type));
  key.append("|").append(std::to_string(s.adjustment));
  key.append("|").append(sv(s.symbol));
  return key;
}

// Somebody else may add it between the look and the insertion: then the insertion waits for them and does
// nothing, and the second look finds it.
std::int64_t Catalogue::obtain(const char *find, const char *insert, const Params &key) {
  for (const char *sql : {find, insert, find})
    if (const Result r = db_.run(sql, key); r.rows() > 0) return r.integer(0, 0);
  db_.fail(TDK_BUSY, "a name was added and taken away again", "try again");
}

std::optional<std::int64_t> Catalogue::find_series(const tdk_series &s) {
  const std::string key = series_key(s);
  if (const auto known = series_.find(key); known != series_.end()) return known->second;
  const Result r = db_.run(kFindSeries, params_of(s));
  if (r.rows() == 0) return std::nullopt;
  return series_[key] = r.integer(0, 0);
}

std::optional<std::int64_t> Catalogue::find_symbol(std::string_view name) {
  if (const auto known = symbols_.find(std::string(name)); known != symbols_.end()) return known->second;
  const Result r = db_.run(kFindSymbol, Params().text(name));
  if (r.rows() == 0) return std::nullopt;
  return symbols_[std::string(name)] = r.integer(0, 0);
}

const std::string &Catalogue::source_name(std::int64_t id) {
  if (const auto known = names_.find(id); known != names_.end()) return known->second;
  const Result r = db_.run("SELECT name FROM source WHERE id = $1", Params().integer(id));
  if (r.rows() == 0) db_.fail(TDK_IO, "a row names a source that is not there", "restore a backup");
  return names_[id] = std::string(r.text(0, 0));
}

std::int64_t Catalogue::obtain_series(const tdk_series &s) {
  const std::string key = series_key(s);
  if (const auto known = series_.find(key); known != series_.end()) return known->second;
  return series_[key] = obtain(kFindSeries, kAddSeries, params_of(s));
}

std::int64_t Catalogue::obtain_source(std::string_view name) {
  if (const auto known = sources_.find(std::string(name)); known != sources_.end()) return known->second;
  return sources_[std::string(name)] = obtain(kFindSource, kAddSource, Params().text(name));
}

std::int64_t Catalogue::obtain_symbol(std::string_view name) {
  if (const auto known = symbols_.find(std::string(name)); known != symbols_.end()) return known->second;
  return symbols_[std::string(name)] = obtain(kFindSymbol, kAddSymbol, Params().text(name));
}

std::int64_t Catalogue::obtain_format(const TickFormat &f) {
  if (const auto known = formats_.find(f); known != formats_.end()) return known->second;
  const Params key = Params().text(f.source_version).number(f.price_exp).number(f.size_exp).number(f.volume_exp);
  return formats_[f] = obtain(kFindFormat, kAddFormat, key);
}

void Catalogue::forget() {
  series_.clear();
  sources_.clear();
  symbols_.clear();
  names_.clear();
  formats_.clear();
}

}  // namespace tapedeck::postgres
