-- webhooks4j for PostgreSQL 14 and newer, schema version 1. Every statement may be run again.
-- Run by the store itself, or by a migration tool that replaces the placeholder "prefix" (default: webhooks_).

CREATE TABLE IF NOT EXISTS ${prefix}schema_version (
  version INT NOT NULL PRIMARY KEY,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Ids are compared and ordered by their bytes, whatever the collation of the database.
-- What is set up and changed by people: webhooks, signers that many webhooks use. An id is unique within its kind.
CREATE TABLE IF NOT EXISTS ${prefix}documents (
  kind TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  tenant TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  status_version BIGINT NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  removed BOOLEAN NOT NULL,
  settings TEXT NOT NULL,
  secrets TEXT NOT NULL,
  status TEXT NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE INDEX IF NOT EXISTS ${prefix}documents_changed ON ${prefix}documents (changed_at);

CREATE INDEX IF NOT EXISTS ${prefix}documents_of_tenant ON ${prefix}documents (kind, tenant, id);

-- An event never changes, unless somebody has its content forgotten.
CREATE TABLE IF NOT EXISTS ${prefix}events (
  event_key UUID NOT NULL PRIMARY KEY,
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  type TEXT NOT NULL,
  occurred_at TIMESTAMPTZ NOT NULL,
  content_type TEXT NOT NULL,
  is_json BOOLEAN NOT NULL,
  headers TEXT NOT NULL,
  data BYTEA NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  -- To how many it went when it was published.
  webhooks INT NOT NULL,
  -- Nothing fills these three yet: the publisher's trace, until when it is of use, the one webhook it is for.
  -- is_test: TRUE if it was made by a test call, and went to that webhook only; NULL otherwise.
  trace_context TEXT,
  expires_at TIMESTAMPTZ,
  webhook_id TEXT COLLATE "C",
  is_test BOOLEAN,
  -- When its content was forgotten; NULL if it was not.
  expunged_at TIMESTAMPTZ
);

CREATE UNIQUE INDEX IF NOT EXISTS ${prefix}events_id ON ${prefix}events (tenant, id);

-- Unfinished deliveries only. next_at is due time, retry time and lease expiry; claims counts claims
-- in a row that came to nothing, and a thousand for each start that was recorded. Rows come and go all the time: the space of
-- those that went is reclaimed early, without the usual pauses, and without locking the table to make its file shorter.
CREATE TABLE IF NOT EXISTS ${prefix}deliveries (
  event_key UUID NOT NULL,
  webhook_id TEXT COLLATE "C" NOT NULL,
  next_at TIMESTAMPTZ NOT NULL,
  first_due_at TIMESTAMPTZ NOT NULL,
  fence INT NOT NULL,
  attempts INT NOT NULL,
  claims INT NOT NULL,
  PRIMARY KEY (event_key, webhook_id)
) WITH (
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = false,
  autovacuum_analyze_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.02
);

CREATE INDEX IF NOT EXISTS ${prefix}deliveries_due ON ${prefix}deliveries (webhook_id, next_at, event_key);

-- Webhooks whose rate is limited: until when the requests that were allowed use the limit up.
CREATE TABLE IF NOT EXISTS ${prefix}rates (
  webhook_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  used_until TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);

-- How often the same came of attempts within an hour, added up over all nodes. outcome is 0 for attempts that failed and are followed
-- by another, otherwise the state that they brought about, numbered as below.
CREATE TABLE IF NOT EXISTS ${prefix}rollups (
  webhook_id TEXT COLLATE "C" NOT NULL,
  hour_at TIMESTAMPTZ NOT NULL,
  outcome SMALLINT NOT NULL,
  failure TEXT COLLATE "C" NOT NULL,
  tenant TEXT COLLATE "C" NOT NULL,
  n BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  PRIMARY KEY (webhook_id, hour_at, outcome, failure)
) WITH (fillfactor = 80);

CREATE INDEX IF NOT EXISTS ${prefix}rollups_of_hour ON ${prefix}rollups (hour_at);

CREATE INDEX IF NOT EXISTS ${prefix}rollups_of_tenant ON ${prefix}rollups (tenant, hour_at);

-- The last part that each process has added to the counts, so that none is added twice.
CREATE TABLE IF NOT EXISTS ${prefix}rollup_writers (
  writer UUID NOT NULL PRIMARY KEY,
  part BIGINT NOT NULL,
  written_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX IF NOT EXISTS ${prefix}rollup_writers_written ON ${prefix}rollup_writers (written_at);

-- History: a row for each attempt, in the order of number and repetition: a request that was sent once more on a new connection is the
-- repetition of the one before, under the same number. An end without an attempt has the number of the last attempt, the repetition
-- 1000, and neither status nor failure. States are 1 for delivered, 2 exhausted, 3 canceled, 4 abandoned.
CREATE TABLE IF NOT EXISTS ${prefix}attempts (
  event_key UUID NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  webhook_version BIGINT,
  retry_after_ms BIGINT,
  number INT NOT NULL,
  duration_ms INT NOT NULL,
  -- The number of the claim whose outcome this is; below zero, of the last claim before the delivery was ended without one.
  fence INT NOT NULL,
  dns_ms INT,
  connect_ms INT,
  tls_ms INT,
  first_byte_ms INT,
  repetition SMALLINT NOT NULL,
  status SMALLINT,
  -- How the row ended the delivery; NULL if it did not.
  final_state SMALLINT,
  -- The state of a delivery that has ended, in its last row only: redelivering sets it to NULL. By it, lists find ended deliveries,
  -- also if their events are gone.
  standing SMALLINT,
  skipped_verification BOOLEAN NOT NULL,
  -- For rows that end a delivery. NULL for no tenant, for the id that was made of the event's key, and for no test.
  is_test BOOLEAN,
  webhook_id TEXT COLLATE "C" NOT NULL,
  tenant TEXT COLLATE "C",
  event_id TEXT COLLATE "C",
  type TEXT,
  failure TEXT,
  failure_detail TEXT,
  origin TEXT,
  node TEXT,
  excerpt TEXT,
  request TEXT,
  answer TEXT
);

CREATE INDEX IF NOT EXISTS ${prefix}attempts_delivery ON ${prefix}attempts (event_key, webhook_id);

CREATE INDEX IF NOT EXISTS ${prefix}attempts_of_webhook ON ${prefix}attempts (webhook_id, standing, event_key)
  WHERE standing IS NOT NULL;

CREATE INDEX IF NOT EXISTS ${prefix}attempts_of_tenant ON ${prefix}attempts (tenant, standing, event_key, webhook_id)
  WHERE standing IS NOT NULL AND tenant IS NOT NULL;

-- Nearly empty: those that were not delivered.
CREATE INDEX IF NOT EXISTS ${prefix}attempts_failed ON ${prefix}attempts (standing, event_key, webhook_id)
  WHERE standing > 1;

INSERT INTO ${prefix}schema_version (version) VALUES (1) ON CONFLICT DO NOTHING;
