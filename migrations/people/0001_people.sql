-- Agents: people who answer calls. Lists are JSON texts, in the order given.
CREATE TABLE agents (
    work_number TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    -- Argon2id, PHC string.
    secret      TEXT NOT NULL,
    -- {"card": 5, "general": 7}
    skills      TEXT NOT NULL,
    queues      TEXT NOT NULL,
    languages   TEXT NOT NULL
) STRICT;

-- Telephones: those that register keep their digest credentials sealed (AES-256-GCM, hex),
-- those that never register have a contact.
CREATE TABLE devices (
    device      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('registers', 'static')),
    -- Realm the credentials were made for.
    realm       TEXT,
    ha1_sha256  TEXT,
    ha1_md5     TEXT,
    contact     TEXT,
    CHECK (kind = 'static' OR (realm IS NOT NULL AND ha1_sha256 IS NOT NULL AND ha1_md5 IS NOT NULL)),
    CHECK (kind = 'registers' OR contact IS NOT NULL)
) STRICT;
