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

-- An event never changes. Instants are UTC.
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
  -- Nothing fills these yet: the publisher's trace, until when it is of use, the one webhook it is for, whether it is a test.
  trace_context VARCHAR(1000),
  expires_at DATETIME(6),
  webhook_id VARBINARY(255),
  is_test BOOLEAN,
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

-- History, only ever added to. The attempts of a delivery are in the order of number and repetition: a request that was sent once
-- more on a new connection is the repetition of the one before, under the same number. An end without an attempt has the number 0.
CREATE TABLE IF NOT EXISTS ${prefix}attempts (
  event_key BINARY(16) NOT NULL,
  webhook_id VARBINARY(255) NOT NULL,
  number INT NOT NULL,
  repetition INT NOT NULL,
  started_at DATETIME(6) NOT NULL,
  duration_ms BIGINT NOT NULL,
  status INT,
  failure VARCHAR(32),
  failure_detail VARCHAR(64),
  retry_after_ms BIGINT,
  excerpt TEXT,
  skipped_verification BOOLEAN NOT NULL,
  final_state VARCHAR(16),
  -- The number of the claim whose outcome this is. NULL where a delivery was ended without a claim.
  fence INT,
  -- Nothing fills the rest yet, so that a delivery writes no more than it has to. These are for the last row of a delivery, by
  -- which ended ones are listed after their events are gone: standing is 1 for delivered, 2 exhausted,
  -- 3 canceled, 4 abandoned.
  standing SMALLINT,
  tenant VARBINARY(255),
  event_id VARBINARY(1000),
  type VARCHAR(1000),
  attempts INT,
  published_at DATETIME(6),
  ended_at DATETIME(6),
  is_test BOOLEAN,
  -- What the details of an attempt show.
  origin VARCHAR(1000),
  webhook_version BIGINT,
  request LONGTEXT,
  answer LONGTEXT,
  node VARBINARY(255),
  dns_ms BIGINT,
  connect_ms BIGINT,
  tls_ms BIGINT,
  first_byte_ms BIGINT,
  INDEX ${prefix}attempts_delivery (event_key, webhook_id)
) ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT IGNORE INTO ${prefix}schema_version (version) VALUES (1);
