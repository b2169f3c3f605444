-- Callers that operations know: on a list, or with a language of their own. A number stands here as a
-- keyed hash, by which it is found again, and sealed (AES-256-GCM, hex) for those who may see it.
CREATE TABLE callers (
    hash     TEXT PRIMARY KEY,
    number   TEXT NOT NULL,
    -- Sealed too.
    name     TEXT,
    -- vip;elderly
    lists    TEXT NOT NULL,
    language TEXT
) STRICT;
