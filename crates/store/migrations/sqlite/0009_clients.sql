-- How a client came to a token: which client, what it came of, the scopes in the door's own words; of a code also where
-- the person was sent back to and what the client must prove itself against. What is spent was used once, and tells
-- whoever comes with it again.
ALTER TABLE token ADD COLUMN client INTEGER;
ALTER TABLE token ADD COLUMN family INTEGER;
ALTER TABLE token ADD COLUMN words TEXT;
ALTER TABLE token ADD COLUMN redirect_uri TEXT;
ALTER TABLE token ADD COLUMN challenge TEXT;
ALTER TABLE token ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX token_by_family ON token (family) WHERE family IS NOT NULL;
CREATE INDEX token_by_client ON token (client) WHERE client IS NOT NULL;

-- What was good for everything stays so, although there are more scopes now.
UPDATE token SET scopes = scopes ||
    ' memberships:read credits:read profile:read subscriptions:read subscriptions:write'
WHERE scopes = 'bookings:read bookings:write catalog:read catalog:write people:read people:write events:read audit:read tokens:write';
