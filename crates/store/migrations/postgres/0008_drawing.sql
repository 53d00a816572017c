-- The drawings of floor plans that are kept beside the catalog, by SHA-256 of their contents.
CREATE TABLE drawing (
    organisation bigint NOT NULL REFERENCES organisation (id),
    digest text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (organisation, digest)
);
