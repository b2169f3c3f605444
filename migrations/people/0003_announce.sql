-- Who may record an emergency announcement by telephone.
ALTER TABLE agents ADD COLUMN announce INTEGER NOT NULL DEFAULT 0;
