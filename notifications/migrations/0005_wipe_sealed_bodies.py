"""Wipes what a message carried sealed, as soon as it was handed over or has ended, whichever way its status changed."""

from django.db import migrations

# While it waits, is under way or in doubt it may have to be sent once more, and needs its words.
WIPE = """
CREATE FUNCTION imes_wipe_sealed_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sealed_body := '';
    RETURN NEW;
END $$;
CREATE TRIGGER wipe_sealed_body BEFORE INSERT OR UPDATE ON notifications_notification
    FOR EACH ROW WHEN (NEW.sealed_body <> '' AND NEW.status NOT IN ('queued', 'held', 'sending', 'unconfirmed'))
    EXECUTE FUNCTION imes_wipe_sealed_body();
"""
DROP_WIPE = """
DROP TRIGGER wipe_sealed_body ON notifications_notification;
DROP FUNCTION imes_wipe_sealed_body();
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_block_policies")]

    operations = [migrations.RunSQL(WIPE, DROP_WIPE)]
