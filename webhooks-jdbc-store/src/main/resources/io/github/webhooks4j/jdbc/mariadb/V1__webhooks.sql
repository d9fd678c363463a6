-- webhooks4j for MariaDB 10.6 and newer, schema version 1. Every statement may be run again.
-- Run by the store itself, or by a migration tool that replaces the placeholder "prefix" (default: webhooks_).

CREATE TABLE IF NOT EXISTS ${prefix}schema_version (
  version INT NOT NULL PRIMARY KEY,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
) ENGINE = InnoDB;

-- What is set up and changed by people: webhooks, signers that many webhooks use. An id is unique within its kind.
-- Ids are compared and ordered by their bytes: every collation for text takes some different ones for equal.
CREATE TABLE IF NOT EXISTS ${prefix}documents (
  kind VARBINARY(32) NOT NULL,
  id VARBINARY(511) NOT NULL,
  tenant VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  status_version BIGINT NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  removed BOOLEAN NOT NULL,
  settings LONGTEXT NOT NULL,
  secrets LONGTEXT NOT NULL,
  status LONGTEXT NOT NULL,
  PRIMARY KEY (kind, id),
  INDEX ${prefix}documents_changed (changed_at),
  INDEX ${prefix}documents_of_tenant (kind, tenant, id)
) ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- An event never changes, unless somebody has its content forgotten. Instants are UTC.
CREATE TABLE IF NOT EXISTS ${prefix}events (
  event_key BINARY(16) NOT NULL PRIMARY KEY,
  tenant VARBINARY(255) NOT NULL,
  id VARBINARY(1000) NOT NULL,
  type VARCHAR(1000) NOT NULL,
  occurred_at DATETIME(6) NOT NULL,
  content_type VARCHAR(1000) NOT NULL,
  is_json BOOLEAN NOT NULL,
  headers LONGTEXT NOT NULL,
  data LONGBLOB NOT NULL,
  created_at DATETIME(6) NOT NULL,
  -- To how many it went when it was published.
  webhooks INT NOT NULL,
  -- Nothing fills these three yet: the publisher's trace, until when it is of use, the one webhook it is for.
  -- is_test: TRUE if it was made by a test call, and went to that webhook only; NULL otherwise.
  trace_context VARCHAR(1000),
  expires_at DATETIME(6),
  webhook_id VARBINARY(255),
  is_test BOOLEAN,
  -- When its content was forgotten; NULL if it was not.
  expunged_at DATETIME(6),
  UNIQUE INDEX ${prefix}events_id (tenant, id)
) ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Unfinished deliveries only. next_at is due time, retry time and lease expiry; claims counts claims
-- in a row that came to nothing, and a thousand for each start that was recorded.
CREATE TABLE IF NOT EXISTS ${prefix}deliveries (
  event_key BINARY(16) NOT NULL,
  webhook_id VARBINARY(255) NOT NULL,
  next_at DATETIME(6) NOT NULL,
  first_due_at DATETIME(6) NOT NULL,
  fence INT NOT NULL,
  attempts INT NOT NULL,
  claims INT NOT NULL,
  PRIMARY KEY (event_key, webhook_id),
  INDEX ${prefix}deliveries_due (webhook_id, next_at, event_key)
) ENGINE = InnoDB;

-- Webhooks whose rate is limited: until when the requests that were allowed use the limit up.
CREATE TABLE IF NOT EXISTS ${prefix}rates (
  webhook_id VARBINARY(255) NOT NULL PRIMARY KEY,
  used_until DATETIME(6) NOT NULL
) ENGINE = InnoDB;

-- How often the same came of attempts within an hour, added up over all nodes. outcome is 0 for attempts that failed and are followed
-- by another, otherwise the state that they brought about, numbered as below.
CREATE TABLE IF NOT EXISTS ${prefix}rollups (
  webhook_id VARBINARY(255) NOT NULL,
  hour_at DATETIME(6) NOT NULL,
  outcome SMALLINT NOT NULL,
  failure VARBINARY(32) NOT NULL,
  tenant VARBINARY(255) NOT NULL,
  n BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  PRIMARY KEY (webhook_id, hour_at, outcome, failure),
  INDEX ${prefix}rollups_of_hour (hour_at),
  INDEX ${prefix}rollups_of_tenant (tenant, hour_at)
) ENGINE = InnoDB;

-- The last part that each process has added to the counts, so that none is added twice.
CREATE TABLE IF NOT EXISTS ${prefix}rollup_writers (
  writer BINARY(16) NOT NULL PRIMARY KEY,
  part BIGINT NOT NULL,
  written_at DATETIME(6) NOT NULL,
  INDEX ${prefix}rollup_writers_written (written_at)
) ENGINE = InnoDB;

-- History: a row for each attempt, in the order of number and repetition: a request that was sent once more on a new connection is the
-- repetition of the one before, under the same number. An end without an attempt has the number of the last attempt, the repetition
-- 1000, and neither status nor failure. States are 1 for delivered, 2 exhausted, 3 canceled, 4 abandoned.
CREATE TABLE IF NOT EXISTS ${prefix}attempts (
  event_key BINARY(16) NOT NULL,
  started_at DATETIME(6) NOT NULL,
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
  webhook_id VARBINARY(255) NOT NULL,
  tenant VARBINARY(255),
  event_id VARBINARY(1000),
  type VARCHAR(1000),
  failure VARCHAR(32),
  failure_detail VARCHAR(64),
  origin VARCHAR(1000),
  node VARCHAR(64),
  excerpt TEXT,
  request LONGTEXT,
  answer LONGTEXT,
  INDEX ${prefix}attempts_delivery (event_key, webhook_id),
  INDEX ${prefix}attempts_of_webhook (webhook_id, standing, event_key),
  INDEX ${prefix}attempts_of_tenant (tenant, standing, event_key, webhook_id)
) ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT IGNORE INTO ${prefix}schema_version (version) VALUES (1);
