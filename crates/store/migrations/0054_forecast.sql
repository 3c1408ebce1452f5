-- 预测 of a station, made anew every night. known_hours: of the station's hours, how many are known; with too few hours is empty.
-- from_ms: when its first hour begins. hours, day_test, week_test, month (JSON): store::forecasts.
CREATE TABLE forecast (
    station_id BIGINT PRIMARY KEY,
    made_at_ms BIGINT NOT NULL,
    known_hours BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    hours TEXT NOT NULL,
    day_test TEXT,
    week_test TEXT,
    month TEXT
);
