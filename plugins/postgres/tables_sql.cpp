#include "schema_sql.hpp"

namespace tapedeck::postgres {
namespace {

// batch.rows counts the candles and revisions that name the batch: at 0 the batch is deleted. Text is
// compared byte by byte, so that the order of an answer is the same on every server.
constexpr const char *kNames = R"sql(
CREATE TABLE schema_migrations(version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE store(layout text NOT NULL, retired_at bigint, compress_after_days int);
CREATE TABLE series(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  symbol text COLLATE "C" NOT NULL,
  timeframe text COLLATE "C" NOT NULL,
  price_type bigint NOT NULL,
  adjustment bigint NOT NULL,
  rows bigint NOT NULL DEFAULT 0,
  revisions bigint NOT NULL DEFAULT 0,
  UNIQUE(symbol, timeframe, price_type, adjustment)) WITH (fillfactor = 50);
CREATE TABLE source(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE);
CREATE SEQUENCE batch_ids;
CREATE TABLE batch(
  id bigint PRIMARY KEY DEFAULT nextval('batch_ids'),
  fetched_at bigint NOT NULL,
  rank bigint NOT NULL,
  rows bigint NOT NULL,
  series_id int NOT NULL,
  source_id int NOT NULL,
  price_exp smallint NOT NULL,
  volume_exp smallint NOT NULL,
  turnover_exp smallint NOT NULL,
  source_version text NOT NULL);
)sql";

// The widest columns first, so that no byte is lost to alignment. `nanos` is what a timestamptz cannot
// hold of an instant, 0 to 999.
constexpr const char *kCandle = R"sql(
CREATE TABLE candle(
  time timestamptz NOT NULL,
  batch_id bigint NOT NULL,
  trades bigint,
  series_id int NOT NULL,
  state int NOT NULL,
  nanos smallint NOT NULL,
  open numeric NOT NULL,
  high numeric NOT NULL,
  low numeric NOT NULL,
  close numeric NOT NULL,
  volume numeric,
  turnover numeric,
  PRIMARY KEY(series_id, time, nanos)))sql";

// The ends of time are partitions of their own. There is no default partition: making a new one beside it
// would have to wait for every reader.
constexpr const char *kEnds = R"sql( PARTITION BY RANGE(time);
CREATE TABLE candle_past PARTITION OF candle FOR VALUES FROM (MINVALUE) TO ('1990-01-01 00:00:00+00');
CREATE TABLE candle_future PARTITION OF candle FOR VALUES FROM ('2100-01-01 00:00:00+00') TO (MAXVALUE);
)sql";

constexpr const char *kHistory = R"sql(
CREATE TABLE revision(
  time timestamptz NOT NULL,
  batch_id bigint NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  replaced_at bigint NOT NULL,
  trades bigint,
  series_id int NOT NULL,
  state int NOT NULL,
  nanos smallint NOT NULL,
  open numeric NOT NULL,
  high numeric NOT NULL,
  low numeric NOT NULL,
  close numeric NOT NULL,
  volume numeric,
  turnover numeric,
  PRIMARY KEY(series_id, time, nanos, seq));
CREATE TABLE coverage(
  from_time bigint NOT NULL,
  to_time bigint NOT NULL,
  next_try bigint,
  updated bigint NOT NULL,
  tries bigint NOT NULL,
  series_id int NOT NULL,
  source_id int NOT NULL,
  error int NOT NULL,
  state smallint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY(series_id, source_id, from_time));
)sql";

// A tick is what its source numbered, whenever that was: its time is no part of the key, so that this table
// can be neither partitioned by time nor a hypertable.
constexpr const char *kTicks = R"sql(
CREATE TABLE symbol(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE);
CREATE TABLE tick_format(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source_version text COLLATE "C" NOT NULL,
  price_exp smallint NOT NULL,
  size_exp smallint NOT NULL,
  volume_exp smallint NOT NULL,
  UNIQUE(source_version, price_exp, size_exp, volume_exp));
CREATE TABLE tick(
  time timestamptz NOT NULL,
  sequence bigint NOT NULL,
  trades bigint,
  symbol_id int NOT NULL,
  source_id int NOT NULL,
  format_id int NOT NULL,
  flags int NOT NULL,
  kind smallint NOT NULL,
  nanos smallint NOT NULL,
  bid numeric,
  ask numeric,
  last numeric,
  bid_size numeric,
  ask_size numeric,
  last_size numeric,
  volume numeric,
  PRIMARY KEY(symbol_id, kind, source_id, sequence));
CREATE INDEX tick_by_time ON tick(symbol_id, kind, time, nanos, sequence, source_id);
)sql";

constexpr const char *kFacts = R"sql(
CREATE TABLE instrument(
  symbol text COLLATE "C" NOT NULL,
  source_id int NOT NULL,
  asset_class bigint NOT NULL,
  name text NOT NULL,
  exchange text NOT NULL,
  currency text NOT NULL,
  country text NOT NULL,
  isin text NOT NULL,
  vendor_symbol text NOT NULL,
  status bigint NOT NULL,
  price_exp bigint,
  earliest bigint,
  fetched_at bigint NOT NULL,
  PRIMARY KEY(symbol, source_id));
CREATE TABLE economic_event(
  source_id int NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  key_time bigint NOT NULL,
  key_text text COLLATE "C" NOT NULL,
  time bigint NOT NULL,
  importance bigint NOT NULL,
  title text COLLATE "C" NOT NULL,
  country text COLLATE "C" NOT NULL,
  currency text NOT NULL,
  unit text NOT NULL,
  actual numeric,
  actual_exp int,
  forecast numeric,
  forecast_exp int,
  previous numeric,
  previous_exp int,
  fetched_at bigint NOT NULL,
  PRIMARY KEY(source_id, event_id, key_time, key_text));
CREATE INDEX economic_event_by_time ON economic_event(time);
)sql";

}  // namespace

std::string tables_sql(bool partitioned) {
  return std::string(kNames) + kCandle + (partitioned ? kEnds : ";") + kHistory + kTicks + kFacts;
}

}  // namespace tapedeck::postgres
