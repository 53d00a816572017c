CREATE SEQUENCE id_state_reason;
CREATE SEQUENCE id_announcement;

-- What was taken over of each row of another system: with which version here, and what it was there, in short.
CREATE TABLE imported (
    organisation bigint NOT NULL REFERENCES organisation (id),
    kind text NOT NULL,
    -- Its number there, and here.
    source bigint NOT NULL,
    id bigint NOT NULL,
    version bigint NOT NULL,
    fingerprint text NOT NULL,
    PRIMARY KEY (organisation, kind, source)
);
