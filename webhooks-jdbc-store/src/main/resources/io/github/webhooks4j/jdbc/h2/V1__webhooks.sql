-- webhooks4j for H2, schema version 1. Every statement may be run again.
-- Run by the store itself, or by a migration tool that replaces the placeholder "prefix" (default: webhooks_).

CREATE TABLE IF NOT EXISTS ${prefix}schema_version (
  version INT NOT NULL PRIMARY KEY,
  applied_at TIMESTAMP(6) WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- What is set up and changed by people: webhooks, signers that many webhooks use. An id is unique within its kind.
CREATE TABLE IF NOT EXISTS ${prefix}documents (
  kind VARCHAR(32) NOT NULL,
  id VARCHAR(511) NOT NULL,
  tenant VARCHAR(255) NOT NULL,
  version BIGINT NOT NULL,
  status_version BIGINT NOT NULL,
  changed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  removed BOOLEAN NOT NULL,
  settings VARCHAR(1000000) NOT NULL,
  secrets VARCHAR(1000000) NOT NULL,
  status VARCHAR(1000000) NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE INDEX IF NOT EXISTS ${prefix}documents_changed ON ${prefix}documents (changed_at);

CREATE INDEX IF NOT EXISTS ${prefix}documents_of_tenant ON ${prefix}documents (kind, tenant, id);

-- An event never changes. What does not fit into data is in large_data.
CREATE TABLE IF NOT EXISTS ${prefix}events (
  event_key UUID NOT NULL PRIMARY KEY,
  tenant VARCHAR(255) NOT NULL,
  id VARCHAR(1000) NOT NULL,
  type VARCHAR(1000) NOT NULL,
  occurred_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  content_type VARCHAR(1000) NOT NULL,
  is_json BOOLEAN NOT NULL,
  headers VARCHAR(1000000) NOT NULL,
  data BINARY VARYING(1000000),
  large_data BINARY LARGE OBJECT,
  created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  -- Nothing fills these yet: the publisher's trace, until when it is of use, the one webhook it is for, whether it is a test.
  trace_context VARCHAR(1000),
  expires_at TIMESTAMP(6) WITH TIME ZONE,
  webhook_id VARCHAR(255),
  is_test BOOLEAN
);

CREATE UNIQUE INDEX IF NOT EXISTS ${prefix}events_id ON ${prefix}events (tenant, id);

-- Unfinished deliveries only. next_at is due time, retry time and lease expiry; claims counts claims
-- in a row that came to nothing, and a thousand for each start that was recorded.
CREATE TABLE IF NOT EXISTS ${prefix}deliveries (
  event_key UUID NOT NULL,
  webhook_id VARCHAR(255) NOT NULL,
  next_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  first_due_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  fence INT NOT NULL,
  attempts INT NOT NULL,
  claims INT NOT NULL,
  PRIMARY KEY (event_key, webhook_id)
);

CREATE INDEX IF NOT EXISTS ${prefix}deliveries_due ON ${prefix}deliveries (webhook_id, next_at, event_key);

-- Webhooks whose rate is limited: until when the requests that were allowed use the limit up.
CREATE TABLE IF NOT EXISTS ${prefix}rates (
  webhook_id VARCHAR(255) NOT NULL PRIMARY KEY,
  used_until TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- History, only ever added to. The attempts of a delivery are in the order of number and repetition: a request that was sent once
-- more on a new connection is the repetition of the one before, under the same number. An end without an attempt has the number 0.
CREATE TABLE IF NOT EXISTS ${prefix}attempts (
  event_key UUID NOT NULL,
  webhook_id VARCHAR(255) NOT NULL,
  number INT NOT NULL,
  repetition INT NOT NULL,
  started_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  duration_ms BIGINT NOT NULL,
  status INT,
  failure VARCHAR(32),
  failure_detail VARCHAR(64),
  retry_after_ms BIGINT,
  excerpt VARCHAR(16384),
  skipped_verification BOOLEAN NOT NULL,
  final_state VARCHAR(16),
  -- The number of the claim whose outcome this is. NULL where a delivery was ended without a claim.
  fence INT,
  -- Nothing fills the rest yet, so that a delivery writes no more than it has to. These are for the last row of a delivery, by
  -- which ended ones are listed after their events are gone: standing is 1 for delivered, 2 exhausted,
  -- 3 canceled, 4 abandoned.
  standing SMALLINT,
  tenant VARCHAR(255),
  event_id VARCHAR(1000),
  type VARCHAR(1000),
  attempts INT,
  published_at TIMESTAMP(6) WITH TIME ZONE,
  ended_at TIMESTAMP(6) WITH TIME ZONE,
  is_test BOOLEAN,
  -- What the details of an attempt show.
  origin VARCHAR(1000),
  webhook_version BIGINT,
  request VARCHAR(1000000),
  answer VARCHAR(1000000),
  node VARCHAR(255),
  dns_ms BIGINT,
  connect_ms BIGINT,
  tls_ms BIGINT,
  first_byte_ms BIGINT
);

CREATE INDEX IF NOT EXISTS ${prefix}attempts_delivery ON ${prefix}attempts (event_key, webhook_id);

MERGE INTO ${prefix}schema_version (version) KEY (version) VALUES (1);
