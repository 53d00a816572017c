-- Instants are microseconds since 1970 UTC; an open end is 2^62 (see store::classes::FOREVER). What SQLite's schema
-- calls "user" is "person" here, since the other is a reserved word.
--
-- Tables that grow with every booking have no foreign keys: each would write a lock into the row it points to, and
-- all bookings of an organisation point to the same one. What they point to is never deleted.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Ids are never given twice: a sequence does not go back.
CREATE SEQUENCE id_booking;
CREATE SEQUENCE id_series;
CREATE SEQUENCE id_user;
CREATE SEQUENCE id_token;
CREATE SEQUENCE id_organisation;
CREATE SEQUENCE id_site;
CREATE SEQUENCE id_area;
CREATE SEQUENCE id_resource;
CREATE SEQUENCE id_resource_type;
CREATE SEQUENCE id_resource_group;
CREATE SEQUENCE id_schedule;
CREATE SEQUENCE id_blackout;
CREATE SEQUENCE id_accessory;
CREATE SEQUENCE id_attribute;
CREATE SEQUENCE id_group;
CREATE SEQUENCE id_plan;
CREATE SEQUENCE id_membership;
CREATE SEQUENCE id_quota;

CREATE TABLE organisation (
    id bigint PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    -- Grows with each change of an object.
    revision bigint NOT NULL DEFAULT 0,
    -- Grows with each change of a user or a token.
    people_revision bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
) WITH (fillfactor = 50);

-- The catalog: a document per object; without a body, it is deleted.
CREATE TABLE object (
    kind text NOT NULL,
    id bigint NOT NULL,
    organisation bigint NOT NULL REFERENCES organisation (id),
    uuid uuid NOT NULL UNIQUE,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    body text,
    PRIMARY KEY (kind, id)
);
CREATE INDEX object_by_revision ON object (organisation, revision);

CREATE TABLE person (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL REFERENCES organisation (id),
    uuid uuid NOT NULL UNIQUE,
    version bigint NOT NULL,
    username_key text,
    email_key text,
    -- 0 active, 1 awaiting, 2 inactive, 3 deleted
    state bigint NOT NULL,
    password_hash text,
    body text NOT NULL
);
CREATE UNIQUE INDEX person_by_username ON person (organisation, username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX person_by_email ON person (organisation, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX person_by_organisation ON person (organisation, id);

CREATE TABLE token (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL REFERENCES organisation (id),
    person bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL UNIQUE,
    scopes text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    unlimited boolean NOT NULL
);
CREATE INDEX token_by_person ON token (person);

CREATE TABLE series (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    uuid uuid NOT NULL UNIQUE,
    version bigint NOT NULL,
    body text NOT NULL
);

CREATE TABLE booking (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    uuid uuid NOT NULL UNIQUE,
    reference text NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    -- Whether the state occupies its resources.
    live boolean NOT NULL,
    class bigint NOT NULL,
    start bigint NOT NULL,
    "end" bigint NOT NULL,
    owner bigint NOT NULL,
    created_by bigint NOT NULL,
    series bigint,
    -- The wall clock it was made on.
    civil_start text NOT NULL,
    civil_end text,
    zone text NOT NULL,
    -- 1 if the start is the second of a repeated hour, plus 2 if the end is.
    folds bigint NOT NULL,
    tzdb text NOT NULL,
    occurrence text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    details text NOT NULL,
    CHECK (start < "end")
);
CREATE INDEX booking_by_time ON booking (organisation, live, class, start, id, "end");
CREATE INDEX booking_by_owner ON booking (owner, live, class, start, id, "end");
CREATE INDEX booking_by_series ON booking (series, start, id) WHERE series IS NOT NULL;
-- References of our own carry the id; only imported ones need an index.
CREATE UNIQUE INDEX booking_by_foreign_reference ON booking (organisation, reference)
    WHERE length(reference) < 27;

-- What occupies an item for a time; item is twice a resource's id, or twice an accessory's plus one.
CREATE TABLE claim (
    item bigint NOT NULL,
    live boolean NOT NULL,
    class bigint NOT NULL,
    start bigint NOT NULL,
    booking bigint NOT NULL,
    "end" bigint NOT NULL,
    -- Buffers, in microseconds.
    before bigint NOT NULL,
    after bigint NOT NULL,
    units bigint NOT NULL,
    exclusive boolean NOT NULL,
    legacy boolean NOT NULL,
    PRIMARY KEY (item, live, class, start, booking),
    CHECK (start < "end"),
    CHECK (units > 0),
    -- The second pair of eyes beside our own locks, for what has one unit.
    CONSTRAINT claim_alone EXCLUDE USING gist
        (item WITH =, int8range(start - before, "end" + after) WITH &&)
        WHERE (live AND exclusive AND NOT legacy)
);

CREATE TABLE credit (
    id bigserial PRIMARY KEY,
    organisation bigint NOT NULL,
    person bigint NOT NULL,
    amount text NOT NULL,
    -- The sum of the person's entries up to this one.
    balance text NOT NULL,
    booking bigint,
    note text NOT NULL,
    at bigint NOT NULL
);
CREATE INDEX credit_by_person ON credit (person, id);

-- The audit log and the outbox in one. Ids are given before the commit and so may appear out of order; positions
-- are given under a lock, to what is committed, when somebody reads.
CREATE TABLE journal (
    id bigserial PRIMARY KEY,
    position bigint,
    organisation bigint NOT NULL,
    at bigint NOT NULL,
    event text NOT NULL,
    subject bigint NOT NULL,
    actor bigint,
    door text NOT NULL,
    request text NOT NULL,
    before text,
    after text
);
CREATE UNIQUE INDEX journal_by_position ON journal (organisation, position) WHERE position IS NOT NULL;
CREATE INDEX journal_without_position ON journal (id) WHERE position IS NULL;

-- One row: the position given last.
CREATE TABLE feed (
    position bigint NOT NULL
);
INSERT INTO feed (position) VALUES (0);

CREATE TABLE idempotency (
    organisation bigint NOT NULL,
    caller bigint NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status bigint NOT NULL,
    headers text NOT NULL,
    body bytea NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (organisation, caller, key)
);
CREATE INDEX idempotency_by_age ON idempotency (at);
