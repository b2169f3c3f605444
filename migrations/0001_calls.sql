-- One row a call. Times are milliseconds since 1970-01-01T00:00:00Z, durations milliseconds.
-- `caller` is sealed; lists stand between bars (|a|b|), so that one entry is found by LIKE.
CREATE TABLE calls (
    call            TEXT    NOT NULL PRIMARY KEY,
    entry           TEXT,
    caller          TEXT,
    arrived_ms      BIGINT  NOT NULL,
    answered_ms     BIGINT,
    ended_ms        BIGINT,
    language        TEXT,
    menu_path       TEXT    NOT NULL,
    keys            TEXT    NOT NULL,
    requested_ms    BIGINT,
    queues          TEXT    NOT NULL,
    visits          TEXT    NOT NULL,
    agents          TEXT    NOT NULL,
    talked_ms       BIGINT  NOT NULL,
    outcome         TEXT,
    refusal         TEXT,
    ended_by        TEXT,
    duration_ms     BIGINT  NOT NULL,
    message_ms      BIGINT,
    recording       TEXT    NOT NULL,
    recording_error TEXT,
    file            TEXT,
    sha256          TEXT,
    length_ms       BIGINT,
    missing_ms      BIGINT,
    masked_ms       BIGINT,
    drill           BIGINT  NOT NULL,
    config_version  BIGINT  NOT NULL,
    first_seq       BIGINT  NOT NULL,
    last_seq        BIGINT  NOT NULL,
    is_open         BIGINT  NOT NULL
);

CREATE INDEX calls_by_arrival ON calls (arrived_ms, call);
CREATE INDEX calls_open ON calls (is_open) WHERE is_open = 1;

-- The last event the rows know; always one row.
CREATE TABLE meta (
    id        BIGINT NOT NULL PRIMARY KEY,
    as_of_seq BIGINT NOT NULL
);
INSERT INTO meta (id, as_of_seq) VALUES (1, 0);
