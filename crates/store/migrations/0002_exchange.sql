-- Lists given out as files. query: JSON of the list's filters; columns: JSON list of their keys, both as
-- they were asked for, so that the same can be asked again. The file lies in the data folder under
-- its id and format, until expires_at_ms.
CREATE TABLE export (
    id BIGINT PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    noun TEXT NOT NULL,
    query TEXT NOT NULL,
    columns TEXT NOT NULL,
    format TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_total BIGINT,
    size_bytes BIGINT,
    message TEXT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    expires_at_ms BIGINT
);
CREATE INDEX export_staff ON export (staff_id, id);
