/** Numbered from 1 by position. One that has been released is never edited; a change is a new one at the end. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE apps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    backend INTEGER NOT NULL UNIQUE,
    current_release INTEGER,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE config (
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (app_id, key)
  ) STRICT;

  CREATE TABLE domains (
    domain TEXT PRIMARY KEY,
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE releases (
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    source_hash TEXT,
    source_revision TEXT,
    input_hash TEXT,
    artifact TEXT,
    settings TEXT,
    config BLOB,
    config_keys TEXT NOT NULL DEFAULT '[]',
    config_digest TEXT,
    closure_paths INTEGER,
    closure_bytes INTEGER,
    prepared INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    PRIMARY KEY (app_id, number)
  ) STRICT;
  CREATE INDEX releases_by_input ON releases (app_id, input_hash);

  CREATE TABLE deployments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    release INTEGER,
    phase TEXT,
    phases TEXT NOT NULL DEFAULT '[]',
    unchanged INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    ended_at TEXT,
    failure TEXT
  ) STRICT;
  CREATE INDEX deployments_by_app ON deployments (app_id, id);
  CREATE INDEX deployments_open ON deployments (state) WHERE state IN ('queued', 'running', 'live');

  CREATE TABLE processes (
    id TEXT PRIMARY KEY,
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    release INTEGER NOT NULL,
    deployment_id INTEGER NOT NULL,
    worker TEXT NOT NULL,
    instance INTEGER NOT NULL,
    kind TEXT NOT NULL,
    port INTEGER NOT NULL UNIQUE,
    address TEXT,
    role TEXT NOT NULL,
    drain_until TEXT
  ) STRICT;
  CREATE INDEX processes_by_app ON processes (app_id);

  CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE releases ADD COLUMN verification TEXT;
  `,
];
