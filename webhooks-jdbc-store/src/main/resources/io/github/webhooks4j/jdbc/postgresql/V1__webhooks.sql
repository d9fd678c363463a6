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

-- An event never changes.
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
  -- Nothing fills these yet: the publisher's trace, until when it is of use, the one webhook it is for, whether it is a test.
  trace_context TEXT,
  expires_at TIMESTAMPTZ,
  webhook_id TEXT COLLATE "C",
  is_test BOOLEAN
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

-- History, only ever added to. The attempts of a delivery are in the order of number and repetition: a request that was sent once
-- more on a new connection is the repetition of the one before, under the same number. An end without an attempt has the number 0.
CREATE TABLE IF NOT EXISTS ${prefix}attempts (
  event_key UUID NOT NULL,
  webhook_id TEXT COLLATE "C" NOT NULL,
  number INT NOT NULL,
  repetition INT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  duration_ms BIGINT NOT NULL,
  status INT,
  failure TEXT,
  failure_detail TEXT,
  retry_after_ms BIGINT,
  excerpt TEXT,
  skipped_verification BOOLEAN NOT NULL,
  final_state TEXT,
  -- The number of the claim whose outcome this is. NULL where a delivery was ended without a claim.
  fence INT,
  -- Nothing fills the rest yet, so that a delivery writes no more than it has to. These are for the last row of a delivery, by
  -- which ended ones are listed after their events are gone: standing is 1 for delivered, 2 exhausted,
  -- 3 canceled, 4 abandoned.
  standing SMALLINT,
  tenant TEXT COLLATE "C",
  event_id TEXT COLLATE "C",
  type TEXT,
  attempts INT,
  published_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,
  is_test BOOLEAN,
  -- What the details of an attempt show.
  origin TEXT,
  webhook_version BIGINT,
  request TEXT,
  answer TEXT,
  node TEXT,
  dns_ms BIGINT,
  connect_ms BIGINT,
  tls_ms BIGINT,
  first_byte_ms BIGINT
);

CREATE INDEX IF NOT EXISTS ${prefix}attempts_delivery ON ${prefix}attempts (event_key, webhook_id);

-- Empty as long as standing is NULL.
CREATE INDEX IF NOT EXISTS ${prefix}attempts_of_webhook ON ${prefix}attempts (webhook_id, event_key)
  WHERE standing IS NOT NULL;

CREATE INDEX IF NOT EXISTS ${prefix}attempts_of_tenant ON ${prefix}attempts (tenant, event_key)
  WHERE standing IS NOT NULL AND tenant <> '';

CREATE INDEX IF NOT EXISTS ${prefix}attempts_failed_of_webhook ON ${prefix}attempts (webhook_id, event_key)
  WHERE standing IN (2, 3);

CREATE INDEX IF NOT EXISTS ${prefix}attempts_failed_of_tenant ON ${prefix}attempts (tenant, event_key)
  WHERE standing IN (2, 3);

INSERT INTO ${prefix}schema_version (version) VALUES (1) ON CONFLICT DO NOTHING;
