-- Who works on a card now: few cards at a time, so an index of those alone.
ALTER TABLE business_os_cards ADD COLUMN claimed_by TEXT;
ALTER TABLE business_os_cards ADD COLUMN claimed_until TEXT;

CREATE INDEX idx_business_os_cards_claimed ON business_os_cards (id, claimed_by, claimed_until)
WHERE claimed_by IS NOT NULL;
