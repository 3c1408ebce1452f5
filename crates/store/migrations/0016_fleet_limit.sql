-- Where and when the drivers of a fleet may charge on its account. stations: JSON list of their ids, null for
-- all; hours: JSON list of model::fleet::FleetHours, empty for any hour.
ALTER TABLE fleet ADD COLUMN stations TEXT;
ALTER TABLE fleet ADD COLUMN hours TEXT NOT NULL DEFAULT '[]';
