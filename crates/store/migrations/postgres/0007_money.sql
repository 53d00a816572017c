CREATE SEQUENCE id_price_rule;
CREATE SEQUENCE id_invoice;

-- The pot that an entry is of, as the domain writes it; empty for the credits that anything can cost. The balance is
-- that of the pot.
ALTER TABLE credit ADD COLUMN pot text NOT NULL DEFAULT '';
DROP INDEX credit_by_person;
CREATE INDEX credit_by_person ON credit (person, pot, id);

-- What people owe for bookings. The body is the whole entry.
CREATE TABLE charge (
    id bigserial PRIMARY KEY,
    organisation bigint NOT NULL,
    person bigint NOT NULL,
    booking bigint NOT NULL,
    -- The first day of the month in which the booking begins.
    month text NOT NULL,
    -- The invoice it stands on; none while it is open.
    invoice bigint,
    body text NOT NULL
);
CREATE INDEX charge_open ON charge (organisation, person, month, id) WHERE invoice IS NULL;
CREATE INDEX charge_by_booking ON charge (booking, id);
CREATE INDEX charge_by_invoice ON charge (invoice) WHERE invoice IS NOT NULL;

-- Invoices and credit notes, which never change. The body is the whole document.
CREATE TABLE invoice (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL REFERENCES organisation (id),
    year bigint NOT NULL,
    number bigint NOT NULL,
    person bigint NOT NULL,
    month text NOT NULL,
    -- The invoice that a credit note takes back.
    corrects bigint UNIQUE REFERENCES invoice (id),
    body text NOT NULL,
    UNIQUE (organisation, year, number)
);
CREATE INDEX invoice_by_organisation ON invoice (organisation, id);
CREATE INDEX invoice_by_person ON invoice (person, id);
