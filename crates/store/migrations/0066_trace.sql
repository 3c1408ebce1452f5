-- Under which id the log tells of a frame. Frames of before have none.
ALTER TABLE frame ADD COLUMN trace BYTEA;
