-- What the code on a connector's label says (model::label); null: as the platform has it, or the common one.
ALTER TABLE brand ADD COLUMN qr_link TEXT;
