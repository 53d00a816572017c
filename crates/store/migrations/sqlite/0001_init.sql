-- Instants are microseconds since 1970 UTC; an open end is 2^62 (see store::codec::FOREVER).

CREATE TABLE organisation (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    -- Grows with each change of an object.
    revision INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE counter (
    kind TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The catalog: a document per object; without a body, it is deleted.
CREATE TABLE object (
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    uuid BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX object_by_revision ON object (organisation, revision);

CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    uuid BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    username_key TEXT,
    email_key TEXT,
    -- 0 active, 1 awaiting, 2 inactive, 3 deleted
    state INTEGER NOT NULL,
    password_hash TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_by_username ON user (organisation, username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX user_by_email ON user (organisation, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX user_by_organisation ON user (organisation, id);

CREATE TABLE token (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    user INTEGER NOT NULL REFERENCES user (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    unlimited INTEGER NOT NULL
) STRICT;
CREATE INDEX token_by_user ON token (user);

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    uuid BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE booking (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    uuid BLOB NOT NULL UNIQUE,
    reference TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    -- Whether the state occupies its resources.
    live INTEGER NOT NULL,
    class INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    owner INTEGER NOT NULL REFERENCES user (id),
    created_by INTEGER NOT NULL,
    series INTEGER REFERENCES series (id),
    -- The wall clock it was made on.
    civil_start TEXT NOT NULL,
    civil_end TEXT,
    zone TEXT NOT NULL,
    -- 1 if the start is the second of a repeated hour, plus 2 if the end is.
    folds INTEGER NOT NULL,
    tzdb TEXT NOT NULL,
    occurrence TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    details TEXT NOT NULL,
    CHECK (start < end)
) STRICT;
CREATE INDEX booking_by_time ON booking (organisation, live, class, start, id, end);
CREATE INDEX booking_by_owner ON booking (owner, live, class, start, id, end);
CREATE INDEX booking_by_series ON booking (series, start, id) WHERE series IS NOT NULL;
-- References of our own carry the id; only imported ones need an index.
CREATE UNIQUE INDEX booking_by_foreign_reference ON booking (organisation, reference)
    WHERE length(reference) < 27;

-- What occupies an item for a time; item is twice a resource's id, or twice an accessory's plus one.
CREATE TABLE claim (
    item INTEGER NOT NULL,
    live INTEGER NOT NULL,
    class INTEGER NOT NULL,
    start INTEGER NOT NULL,
    booking INTEGER NOT NULL REFERENCES booking (id),
    end INTEGER NOT NULL,
    -- Buffers, in microseconds.
    before INTEGER NOT NULL,
    after INTEGER NOT NULL,
    units INTEGER NOT NULL,
    exclusive INTEGER NOT NULL,
    legacy INTEGER NOT NULL,
    PRIMARY KEY (item, live, class, start, booking),
    CHECK (start < end),
    CHECK (units > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    user INTEGER NOT NULL REFERENCES user (id),
    amount TEXT NOT NULL,
    -- The sum of the user's entries up to this one.
    balance TEXT NOT NULL,
    booking INTEGER,
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX credit_by_user ON credit (user, id);

-- The audit log and the outbox in one.
CREATE TABLE journal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    subject INTEGER NOT NULL,
    actor INTEGER,
    door TEXT NOT NULL,
    request TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;

CREATE TABLE idempotency (
    organisation INTEGER NOT NULL,
    caller INTEGER NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (organisation, caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);
