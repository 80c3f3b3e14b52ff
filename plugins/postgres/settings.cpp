#include "settings.hpp"

#include "kit/storage/options.hpp"

namespace tapedeck::postgres {
namespace {

Timescale parse_timescale(const kit::OptionText &option) {
  if (option.value == "auto") return Timescale::Auto;
  if (option.value == "on") return Timescale::On;
  if (option.value == "off") return Timescale::Off;
  option.refuse("auto, on or off");
}

std::string parse_sslmode(const kit::OptionText &option) {
  for (const char *mode : {"disable", "prefer", "require", "verify-ca", "verify-full"})
    if (option.value == mode) return mode;
  option.refuse("disable, prefer, require, verify-ca or verify-full");
}

}  // namespace

Settings::Settings(const Config &config) {
  const auto option = [&](const char *key, const char *fallback = "") {
    return kit::OptionText{"postgres", key, config.get(key, fallback)};
  };
  const auto text = [&](const char *key, const char *fallback = "") { return std::string(config.get(key, fallback)); };
  const auto needed = [&](const char *key, const char *fallback, const char *expected) {
    if (config.get(key, fallback).empty()) option(key, fallback).refuse(expected);
    return text(key, fallback);
  };
  const auto days = [&](const char *key, const char *fallback, int least) {
    return option(key, fallback).number(least, 36500, "a number of days");
  };
  host = needed("host", "127.0.0.1", "the server's name");
  port = std::to_string(option("port", "5432").number(1, 65535, "a port from 1 to 65535"));
  database = needed("database", "", "the name of the database");
  user = needed("user", "", "the name to log in with");
  schema = needed("schema", "tapedeck", "the name of the schema");
  // PostgreSQL keeps the names that begin so for itself, and reads "$user" as something else.
  if (schema.starts_with("pg_") || schema == "information_schema" || schema == "$user")
    option("schema").refuse("a name of your own, such as tapedeck");
  if (schema.size() > 63) option("schema").refuse("a name of at most 63 bytes");
  password = text("password");
  role = text("role");
  sslmode = parse_sslmode(option("sslmode", "prefer"));
  sslrootcert = text("sslrootcert");
  sslcert = text("sslcert");
  sslkey = text("sslkey");
  connect_timeout = option("connect_timeout", "10s").duration();
  reconnect_timeout = option("reconnect_timeout", "5s").duration();
  statement_timeout = option("statement_timeout", "1m").duration();
  lock_timeout = option("lock_timeout", "10s").duration();
  synchronous_full = option("synchronous", "full").choice("normal", "full", "normal or full");
  read_only = option("read_only", "false").choice("false", "true", "true or false");
  timescale = parse_timescale(option("timescaledb", "auto"));
  chunk_days = days("chunk_days", "7", 1);
  compress_after_days = days("compress_after_days", "30", 0);
  drop_after_days = days("drop_after_days", "0", 0);
}

std::string Settings::name() const { return schema + " of " + database + " at " + host + ":" + port; }

}  // namespace tapedeck::postgres
