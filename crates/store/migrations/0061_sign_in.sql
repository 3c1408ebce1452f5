-- 两步验证. secret: sealed with the installation's key. confirmed_at_ms: null until a code has proven that the
-- authenticator has it. used_step: of the last code that was taken; none of it or from before is taken again.
CREATE TABLE second_factor (
    staff_id BIGINT PRIMARY KEY,
    secret TEXT NOT NULL,
    confirmed_at_ms BIGINT,
    used_step BIGINT NOT NULL
);

-- 恢复码 for whoever has lost the authenticator; only a hash is kept, and each opens once.
CREATE TABLE recovery_code (
    staff_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    used_at_ms BIGINT,
    PRIMARY KEY (staff_id, hash)
);

-- Passwords that somebody had before, as they were kept.
CREATE TABLE password_past (
    staff_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kept TEXT NOT NULL
);
CREATE INDEX password_past_of ON password_past (staff_id, at_ms);

-- From which networks somebody has signed in.
CREATE TABLE sign_in_place (
    staff_id BIGINT NOT NULL,
    network TEXT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (staff_id, network)
);

-- password_given: somebody else knows it, so its owner changes it at the next sign-in. factor_due_ms: from when on nothing
-- goes without two-step verification; null: nobody asks for it.
ALTER TABLE staff ADD COLUMN password_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN password_given BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE staff ADD COLUMN factor_due_ms BIGINT;
UPDATE staff SET password_at_ms = created_at_ms;

-- proven_at_ms: when its owner last showed the password or a code. Of tokens: rights (JSON, null: the owner's), area (JSON,
-- null: the owner's) and networks (null: from anywhere) make it smaller than its owner.
ALTER TABLE credential ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN proven_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN rights TEXT;
ALTER TABLE credential ADD COLUMN area TEXT;
ALTER TABLE credential ADD COLUMN networks TEXT;
