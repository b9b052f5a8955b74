"""The database itself refuses to change the audit trail. The trigger only guards; it derives nothing."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION yudi_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; nothing else ever empties the trail.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON yudi_auditentry
    FOR EACH ROW EXECUTE FUNCTION yudi_audit_is_append_only();
CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON yudi_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION yudi_audit_is_append_only();
"""
BACKWARDS = """
DROP TRIGGER audit_not_truncated ON yudi_auditentry;
DROP TRIGGER audit_append_only ON yudi_auditentry;
DROP FUNCTION yudi_audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("yudi", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
