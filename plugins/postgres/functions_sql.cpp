#include "schema_sql.hpp"

namespace tapedeck::postgres {
namespace {

// Functions that run with the owner's rights, so that a writer can have partitions made and dropped
// without owning a table. Their search_path is that of the migration, the store's schema alone.

// One for each month, counted from January of the year 0, that has none yet. The advisory lock lets two
// writers that need the same month wait for each other instead of failing. Attaching takes no lock that a
// reader would notice.
constexpr const char *kEnsure = R"sql(
CREATE FUNCTION ensure_months(months bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
  month bigint;
  begins timestamptz;
  part text;
BEGIN
  IF (SELECT layout FROM store) <> 'partitions' THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tapedeck partitions ' || current_schema(), 0));
  FOREACH month IN ARRAY months LOOP
    CONTINUE WHEN month < 1990 * 12 OR month >= 2100 * 12;
    begins := make_timestamptz((month / 12)::int, (month % 12)::int + 1, 1, 0, 0, 0, 'UTC');
    part := 'candle_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMM');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE candle INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE candle ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, begins,
                   (begins AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
END $$;
)sql";

// Names and ends of the partitions of whole months, or of the chunks, that end at `before` or earlier.
constexpr const char *kOld = R"sql(
CREATE FUNCTION old_months(before timestamptz) RETURNS TABLE(part text, ends timestamptz) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT p.part, p.ends FROM (
    SELECT c.relname::text AS part,
      (to_date(substr(c.relname, 8), 'YYYYMM')::timestamp + interval '1 month') AT TIME ZONE 'UTC' AS ends
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'candle'::regclass AND c.relname ~ '^candle_[0-9]{6}$') p
  WHERE p.ends <= before ORDER BY p.ends
$$;
)sql";

// Detaches and drops the months before `before` in which no row is left. Whoever reads for long is not
// waited for: then it is done the next time.
constexpr const char *kDropEmpty = R"sql(
CREATE FUNCTION drop_empty_months(before timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
  old record;
  filled boolean;
  dropped int := 0;
BEGIN
  IF (SELECT layout FROM store) <> 'partitions' THEN RETURN 0; END IF;
  FOR old IN SELECT * FROM old_months(before) LOOP
    EXECUTE format('SELECT EXISTS(SELECT 1 FROM %I)', old.part) INTO filled;
    CONTINUE WHEN filled;
    BEGIN
      EXECUTE format('ALTER TABLE candle DETACH PARTITION %I', old.part);
      EXECUTE format('SELECT EXISTS(SELECT 1 FROM %I)', old.part) INTO filled;
      IF filled THEN
        RAISE lock_not_available;  -- somebody was quicker; the block takes the detaching back
      END IF;
      EXECUTE format('DROP TABLE %I', old.part);
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END LOOP;
  RETURN dropped;
END $$;
)sql";

// Retention of all series at once: whole months (or chunks) that end at `before` or earlier go, and with
// them their revisions and what the ledger says of that time. In one transaction, the ledger first: it
// never claims rows that are gone.
constexpr const char *kRetire = R"sql(
CREATE FUNCTION retire(before timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '2s' AS $$
DECLARE
  hyper boolean := (SELECT layout FROM store) = 'hypertable';
  ends timestamptz;
  bound bigint;
  old record;
  gone bigint;
BEGIN
  IF hyper THEN
    EXECUTE 'SELECT max(range_end) FROM timescaledb_information.chunks WHERE hypertable_schema = $1'
            ' AND hypertable_name = ''candle'' AND range_end <= $2' INTO ends USING current_schema(), before;
  ELSE
    SELECT max(m.ends) INTO ends FROM old_months(before) m;
  END IF;
  IF ends IS NULL THEN RETURN 0; END IF;
  bound := (extract(epoch FROM ends) * 1000000000)::bigint;
  PERFORM 1 FROM series ORDER BY id FOR UPDATE;
  DELETE FROM coverage WHERE to_time <= bound;
  UPDATE coverage SET from_time = bound WHERE from_time < bound;
  CREATE TEMP TABLE retired ON COMMIT DROP AS
    SELECT series_id, batch_id, count(*) AS candles, 0::bigint AS revisions FROM candle WHERE time < ends GROUP BY 1, 2;
  WITH old AS (DELETE FROM revision WHERE time < ends RETURNING series_id, batch_id)
  INSERT INTO retired SELECT series_id, batch_id, 0, count(*) FROM old GROUP BY 1, 2;
  IF hyper THEN
    EXECUTE format('SELECT count(*) FROM %I.drop_chunks(''candle''::regclass, older_than => $1)', (
      SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'timescaledb'))
      USING ends;
    DELETE FROM candle WHERE time < ends;
  ELSE
    FOR old IN SELECT * FROM old_months(before) LOOP
      EXECUTE format('ALTER TABLE candle DETACH PARTITION %I', old.part);
      EXECUTE format('DROP TABLE %I', old.part);
    END LOOP;
    DELETE FROM candle WHERE time < ends;  -- of the partition before 1990
  END IF;
  UPDATE series s SET rows = s.rows - r.candles, revisions = s.revisions - r.revisions
    FROM (SELECT series_id, sum(candles) AS candles, sum(revisions) AS revisions FROM retired GROUP BY 1) r
    WHERE s.id = r.series_id;
  UPDATE batch b SET rows = b.rows - r.rows
    FROM (SELECT batch_id, sum(candles + revisions) AS rows FROM retired GROUP BY 1) r WHERE b.id = r.batch_id;
  DELETE FROM batch b USING retired r WHERE b.id = r.batch_id AND b.rows <= 0;
  SELECT coalesce(sum(candles), 0) INTO gone FROM retired;
  DROP TABLE retired;
  RETURN gone;
END $$;
)sql";

// A function is everybody's unless it is said; roles.sql gives them to writers. Which migrations ran is the
// owner's to say, whatever rights its defaults have given away with the table.
constexpr const char *kRights = R"sql(
DO $$
DECLARE
  other text;
BEGIN
  FOR other IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
      WHERE table_schema = current_schema() AND table_name = 'schema_migrations'
        AND grantee NOT IN (current_user, 'PUBLIC') LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON schema_migrations FROM %I', other);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION ensure_months(bigint[]), old_months(timestamptz), drop_empty_months(timestamptz),
  retire(timestamptz) FROM PUBLIC;
)sql";

}  // namespace

std::string functions_sql() { return std::string(kEnsure) + kOld + kDropEmpty + kRetire + kRights; }

}  // namespace tapedeck::postgres
