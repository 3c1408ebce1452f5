-- How the console of an operator looks; owner_id 0: the platform's own. accent: #rrggbb. logo, logo_dark: a
-- PNG as base64, drawn by us.
CREATE TABLE brand (
    owner_id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    accent TEXT,
    logo TEXT,
    logo_dark TEXT,
    version BIGINT NOT NULL
);
