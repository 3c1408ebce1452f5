-- 统一身份认证: who else may say who somebody of the staff is (OpenID Connect). secret: sealed. claim: what of them names the
-- account. role: of an account that is made for whoever has none; null: none is made.
CREATE TABLE identity_provider (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret TEXT,
    claim TEXT NOT NULL,
    role TEXT,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- Who of the staff somebody of a provider is, by the provider's own id of them.
CREATE TABLE identity (
    provider_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (provider_id, subject)
);

-- Sign-ins that have gone to a provider and are not back yet. state: its hash; verifier: sealed.
CREATE TABLE provider_try (
    state TEXT PRIMARY KEY,
    provider_id BIGINT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    return_to TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
