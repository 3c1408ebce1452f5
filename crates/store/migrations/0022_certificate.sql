-- The least that a pile must show when it connects over OCPP: password, tls, certificate.
ALTER TABLE pile ADD COLUMN security TEXT NOT NULL DEFAULT 'password';

-- The installation's own certificate authority; the newest one signs. sealed_key: readable by this
-- installation only.
CREATE TABLE authority (
    id BIGINT PRIMARY KEY,
    body TEXT NOT NULL,
    sealed_key TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Certificates that we have signed for piles. body: PEM. fingerprint: SHA-256 of the DER, by which a link is
-- recognised. state: sent, installed, refused, revoked.
CREATE TABLE certificate (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    serial TEXT NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT,
    ended_at_ms BIGINT
);
CREATE INDEX certificate_pile ON certificate (pile_id, id);
