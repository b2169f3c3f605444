-- What callers did beside menus and queues: callbacks, complaints, surveys, verification.
ALTER TABLE calls ADD COLUMN services TEXT NOT NULL DEFAULT '{}';
-- When a callback was promised, to list those there are.
ALTER TABLE calls ADD COLUMN callback_ms INTEGER;
CREATE INDEX calls_by_callback ON calls (callback_ms) WHERE callback_ms IS NOT NULL;
