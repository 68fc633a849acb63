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
  `
  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    password TEXT,
    totp BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    signed_in_at TEXT
  ) STRICT;

  CREATE TABLE roles (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    app TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, app)
  ) STRICT;

  CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    PRIMARY KEY (user_id, hash)
  ) STRICT;

  CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    transports TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL,
    used_at TEXT
  ) STRICT;
  CREATE INDEX passkeys_by_user ON passkeys (user_id);

  CREATE TABLE invites (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT,
    roles TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions (user_id);

  ALTER TABLE tokens ADD COLUMN user_id INTEGER REFERENCES users(id) ON DELETE CASCADE;
  ALTER TABLE tokens ADD COLUMN scopes TEXT;
  ALTER TABLE tokens ADD COLUMN expires_at TEXT;
  ALTER TABLE tokens ADD COLUMN used_at TEXT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    via TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    app TEXT,
    target TEXT,
    outcome TEXT NOT NULL,
    before TEXT,
    after TEXT
  ) STRICT;
  CREATE INDEX audit_by_app ON audit (app, id);
  CREATE INDEX audit_by_actor ON audit (actor, id);
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
  `
  ALTER TABLE apps ADD COLUMN deploy_branch TEXT;

  CREATE TABLE ssh_keys (
    fingerprint TEXT PRIMARY KEY,
    user_id INTEGER REFERENCES users(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    blob TEXT NOT NULL,
    created_at TEXT NOT NULL,
    used_at TEXT
  ) STRICT;
  CREATE INDEX ssh_keys_by_user ON ssh_keys (user_id);
  `,
  `
  CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
  `
  CREATE TABLE addons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    version TEXT,
    variables BLOB,
    created_at TEXT NOT NULL,
    UNIQUE (app_id, name)
  ) STRICT;
  `,
  `
  CREATE TABLE hooks (
    id TEXT PRIMARY KEY,
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    repository TEXT NOT NULL,
    secret BLOB NOT NULL,
    credential BLOB,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX hooks_by_app ON hooks (app_id);

  CREATE TABLE hook_deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hook_id TEXT NOT NULL REFERENCES hooks(id) ON DELETE CASCADE,
    delivery TEXT,
    digest TEXT NOT NULL,
    event TEXT NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    deployment_id INTEGER
  ) STRICT;
  CREATE INDEX hook_deliveries_by_hook ON hook_deliveries (hook_id, id);
  `,
  `
  CREATE TABLE previews (
    app_id INTEGER PRIMARY KEY REFERENCES apps(id) ON DELETE CASCADE,
    parent_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    branch TEXT NOT NULL,
    commit_id TEXT,
    created_at TEXT NOT NULL,
    pushed_at TEXT NOT NULL,
    expires_at TEXT,
    UNIQUE (parent_id, branch)
  ) STRICT;
  `,
  `
  CREATE TABLE receivers (
    id TEXT PRIMARY KEY,
    app_id INTEGER REFERENCES apps(id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    events TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver_id TEXT NOT NULL REFERENCES receivers(id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT,
    status INTEGER,
    reason TEXT
  ) STRICT;
  CREATE INDEX notices_by_receiver ON notices (receiver_id, id);
  CREATE INDEX notices_by_time ON notices (next_at) WHERE next_at IS NOT NULL;
  `,
  `
  ALTER TABLE apps ADD COLUMN first_branch TEXT;
  `,
  `
  CREATE TABLE scale (
    app_id INTEGER NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    worker TEXT NOT NULL,
    instances INTEGER NOT NULL,
    PRIMARY KEY (app_id, worker)
  ) STRICT;
  `,
  `
  ALTER TABLE hooks ADD COLUMN host_key TEXT;

  CREATE TABLE deploy_keys (
    app_id INTEGER PRIMARY KEY REFERENCES apps(id) ON DELETE CASCADE,
    public_key TEXT NOT NULL,
    private_key BLOB NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
  `,
];
