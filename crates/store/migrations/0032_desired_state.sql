-- 配置模板: what piles should be set to. operator_id NULL: the whole platform's. vendor, model: '' for any. station_id,
-- pile_id NULL: all of them. edition: model::configuration::Edition. entries: JSON list of {key, value}.
CREATE TABLE configuration_profile (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT,
    name TEXT NOT NULL,
    edition TEXT NOT NULL,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    station_id BIGINT,
    pile_id BIGINT,
    entries TEXT NOT NULL,
    note TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    staff_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- 期望状态: one thing that a pile should have, and what it has said. kind, state: see model/desired.rs. item: the
-- configuration key, '' for the list. reported_at_ms NULL: it is to be asked (again). message: why it has not come to
-- that, as {"zh":…,"en":…}. next_try_ms NULL: nothing is due. command_id: what was asked and is not answered yet.
CREATE TABLE pile_desired (
    pile_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    item TEXT NOT NULL,
    wished TEXT NOT NULL,
    profile_id BIGINT,
    reported TEXT,
    reported_at_ms BIGINT,
    state TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_try_ms BIGINT,
    next_try_ms BIGINT,
    command_id BIGINT,
    message TEXT,
    PRIMARY KEY (pile_id, kind, item)
);
CREATE INDEX pile_desired_due ON pile_desired (next_try_ms) WHERE next_try_ms IS NOT NULL;

-- When it was last looked at what a pile should have; 0: it is to be looked at.
CREATE TABLE pile_check (
    pile_id BIGINT PRIMARY KEY,
    checked_at_ms BIGINT NOT NULL
);

-- 离线名单: the cards that a pile has by its own word, as JSON list of model::desired::ListCard. version: the last one
-- that was given. known: FALSE when the pile may have something else. sent: what it has once the command under way is
-- taken.
CREATE TABLE pile_list (
    pile_id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    known BOOLEAN NOT NULL,
    cards TEXT NOT NULL,
    sent TEXT,
    taken_at_ms BIGINT
);

-- Whether a card charges where a pile cannot ask.
ALTER TABLE card ADD COLUMN offline BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX card_offline ON card (id) WHERE offline;
