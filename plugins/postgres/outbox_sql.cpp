#include "schema_sql.hpp"

namespace tapedeck::postgres {
namespace {

// Rows come and go all the time, so the table is swept by their number and not by a share of what was once in
// it; room in a page lets a count of tries be changed without touching an index.
constexpr const char *kOutbox = R"sql(
CREATE TABLE outbox(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time bigint NOT NULL,
  created bigint NOT NULL,
  tries bigint NOT NULL DEFAULT 0,
  sink text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  error text NOT NULL DEFAULT '',
  payload text NOT NULL) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX outbox_by_sink ON outbox(sink, id) INCLUDE (created);  -- all that counting them looks at
CREATE TABLE dead_letter(
  id bigint PRIMARY KEY,
  time bigint NOT NULL,
  created bigint NOT NULL,
  tries bigint NOT NULL,
  sink text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  error text NOT NULL,
  payload text NOT NULL);
CREATE INDEX dead_letter_by_sink ON dead_letter(sink, id);
CREATE TABLE outbox_claim(
  sink text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  until bigint NOT NULL);
CREATE VIEW outbox_view AS
  SELECT id, 'waiting' AS state, sink, type, key, instant(time) AS time, payload, instant(created) AS created, tries, error FROM outbox
  UNION ALL SELECT id, 'dead', sink, type, key, instant(time), payload, instant(created), tries, error FROM dead_letter;
)sql";

}  // namespace

std::string outbox_sql() { return kOutbox; }

}  // namespace tapedeck::postgres
