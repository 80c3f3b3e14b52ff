-- The three roles of a store in the schema `tapedeck` of the database this is run in, by a superuser:
--   psql -d market -v ON_ERROR_STOP=1 -f roles.sql
-- tapedeck_owner   owns schema and tables; migrates. Log in as a member, with the option `role: tapedeck_owner`.
-- tapedeck_writer  what a running host needs: rows, and the partitions that come and go. No DDL.
-- tapedeck_reader  queries, and people: the tables and views, read only.
-- People and hosts do not log in as them: grant them to who does, e.g. GRANT tapedeck_writer TO market_host. The owner starts
-- Tapedeck once (any command that opens the store); after that the writer is enough until the next version.
-- It may be run again.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tapedeck_owner', 'tapedeck_writer', 'tapedeck_reader'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
  -- TimescaleDB compresses as the owner of the tables, and runs no job for a role that may not log in. It has no password.
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
    ALTER ROLE tapedeck_owner LOGIN;
  END IF;
  -- For staging tables, which live as long as a connection.
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO tapedeck_owner, tapedeck_writer', current_database());
END $$;

CREATE SCHEMA IF NOT EXISTS tapedeck AUTHORIZATION tapedeck_owner;
GRANT USAGE ON SCHEMA tapedeck TO tapedeck_writer, tapedeck_reader;

-- Of the tables that the owner's migrations will make, and of those that are there.
ALTER DEFAULT PRIVILEGES FOR ROLE tapedeck_owner IN SCHEMA tapedeck GRANT SELECT ON TABLES TO tapedeck_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE tapedeck_owner IN SCHEMA tapedeck
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tapedeck_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE tapedeck_owner IN SCHEMA tapedeck GRANT EXECUTE ON FUNCTIONS TO tapedeck_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE tapedeck_owner IN SCHEMA tapedeck GRANT USAGE ON SEQUENCES TO tapedeck_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA tapedeck TO tapedeck_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tapedeck TO tapedeck_writer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tapedeck TO tapedeck_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA tapedeck TO tapedeck_writer;

-- Which migrations ran is the owner's to say.
DO $$
BEGIN
  IF to_regclass('tapedeck.schema_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON tapedeck.schema_migrations FROM tapedeck_writer;
  END IF;
END $$;
