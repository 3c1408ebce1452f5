-- What else staff keep of a station. tags: one a line. car_kinds: JSON list. utility_no: 户号 of its meter.
ALTER TABLE station ADD COLUMN kind TEXT NOT NULL DEFAULT 'public';
ALTER TABLE station ADD COLUMN place_kind TEXT;
ALTER TABLE station ADD COLUMN parking_fee TEXT;
ALTER TABLE station ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE station ADD COLUMN car_kinds TEXT NOT NULL DEFAULT '[]';
ALTER TABLE station ADD COLUMN utility_no TEXT;
-- From when on nothing may begin here, until when if that is known, and what drivers are told; NULL: it is open.
ALTER TABLE station ADD COLUMN closed_from_ms BIGINT;
ALTER TABLE station ADD COLUMN closed_until_ms BIGINT;
ALTER TABLE station ADD COLUMN close_notice TEXT;

-- Photos of stations. id: the attachment with the picture; thumbnail_id: that with the small one. place: from
-- 1 without gaps; the first is the cover.
CREATE TABLE station_photo (
    id BIGINT PRIMARY KEY,
    station_id BIGINT NOT NULL,
    thumbnail_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    caption TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX station_photo_of ON station_photo (station_id, place);
