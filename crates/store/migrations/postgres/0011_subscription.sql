-- What other programs want to be told of, by the site where it happens. The body is the whole subscription.
CREATE TABLE subscription (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL REFERENCES organisation (id),
    site bigint NOT NULL,
    body text NOT NULL
);
CREATE INDEX subscription_by_site ON subscription (organisation, site, id);
CREATE SEQUENCE id_subscription;
