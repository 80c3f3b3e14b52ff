// The options of one store, parsed.
#pragma once

#include <tapedeck/plugin.hpp>

#include <chrono>
#include <string>

namespace tapedeck::postgres {

enum class Timescale { Auto, On, Off };

struct Settings {
  explicit Settings(const Config &config);

  std::string host, port, database, user, password, schema, role;
  std::string sslmode, sslrootcert, sslcert, sslkey;
  std::chrono::milliseconds connect_timeout{}, statement_timeout{}, lock_timeout{}, reconnect_timeout{};
  bool synchronous_full = true;
  bool read_only = false;
  Timescale timescale = Timescale::Auto;
  int chunk_days = 0, compress_after_days = 0, drop_after_days = 0;

  // For messages: "tapedeck of market at db.example:5432". No secrets.
  std::string name() const;
};

inline constexpr tdk_option kOptions[] = {
    option("host", TDK_OPT_STRING, "127.0.0.1", "The server's name or address, or the directory of its socket."),
    option("port", TDK_OPT_INT, "5432", "Its port."),
    option("database", TDK_OPT_STRING, nullptr, "The database. It must be there.", TDK_OPT_REQUIRED),
    option("user", TDK_OPT_STRING, nullptr, "Who to log in as.", TDK_OPT_REQUIRED),
    option("password", TDK_OPT_STRING, "", "Their password; empty where the server asks for none.", TDK_OPT_SECRET),
    option("role", TDK_OPT_STRING, "", "A role to take on after that; empty: none."),
    option("schema", TDK_OPT_STRING, "tapedeck", "The schema that holds the tables. It is created when missing."),
    option("sslmode", TDK_OPT_STRING, "prefer",
           "Whether the connection is encrypted, and whether the server must prove who it is.", 0,
           "disable|prefer|require|verify-ca|verify-full"),
    option("sslrootcert", TDK_OPT_STRING, "", "File of the authorities that the server's certificate is checked with."),
    option("sslcert", TDK_OPT_STRING, "", "File of our certificate, where the server wants one."),
    option("sslkey", TDK_OPT_STRING, "", "File of its key."),
    option("connect_timeout", TDK_OPT_DURATION, "10s", "How long one attempt to connect may take."),
    option("reconnect_timeout", TDK_OPT_DURATION, "5s",
           "How long to go on trying when the server is away before a call fails with unavailable."),
    option("statement_timeout", TDK_OPT_DURATION, "1m", "How long a statement may take before the server ends it."),
    option("lock_timeout", TDK_OPT_DURATION, "10s",
           "How long to wait for another writer before a call fails with busy."),
    option("synchronous", TDK_OPT_STRING, "full",
           "full: a commit survives a crash of the server. normal: the last ones may be lost with it.", 0,
           "full|normal"),
    option("timescaledb", TDK_OPT_STRING, "auto",
           "Keep candles in a hypertable. auto: where the extension is in the database. Decided once, with the tables.",
           0, "auto|on|off"),
    option("chunk_days", TDK_OPT_INT, "7", "With TimescaleDB: days of one chunk, 1 to 366."),
    option("compress_after_days", TDK_OPT_INT, "30",
           "With TimescaleDB: chunks older than this are compressed; 0: never."),
    option("drop_after_days", TDK_OPT_INT, "0",
           "Whole partitions or chunks of candles older than this are dropped; 0: never."),
    option("read_only", TDK_OPT_BOOL, "false", "Never write: no migration, no commit, no retention."),
};

}  // namespace tapedeck::postgres
