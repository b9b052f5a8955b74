"""No name of a division beside the register's (a foreign key), and names as one list (a view). See docs/decisions/0050."""

from django.db import migrations

KEY = """
ALTER TABLE placenames_placenamerecord ADD CONSTRAINT placename_record_is_of_its_kind
    FOREIGN KEY (place_id, names_division) REFERENCES placenames_placename (id, names_division) DEFERRABLE INITIALLY IMMEDIATE
"""
NO_KEY = "ALTER TABLE placenames_placenamerecord DROP CONSTRAINT placename_record_is_of_its_kind"

VIEW = """
CREATE VIEW placenames_name AS
SELECT r.id, r.place_id, NULL::bigint AS division_id, r.id AS detail_id, NULL::bigint AS division_record_id,
       r.valid, r.years, r.recorded, r.name, r.proper_name, r.generic_name, r.place_class, r.code, r.spelling, r.spelled_by,
       r.area_id, r.location, r.status, r.secrecy, r.published, r.source_id
FROM placenames_placenamerecord r
WHERE NOT r.names_division
UNION ALL
SELECT -r.id, p.id, r.division_id, d.id, r.id,
       r.valid, NULL::int4range, r.recorded, r.name, r.proper_name, r.generic_name,
       CASE r.type WHEN 'village_committee' THEN '21610' WHEN 'residents_committee' THEN '21620'
                   WHEN 'statistical' THEN '' WHEN 'unknown' THEN ''
                   ELSE CASE r.level WHEN 1 THEN '21200' WHEN 2 THEN '21300' WHEN 3 THEN '21400' WHEN 4 THEN '21500' ELSE '' END END,
       coalesce(d.code, ''), coalesce(d.spelling, ''), coalesce(d.spelled_by, ''), r.parent_id, r.seat::geometry,
       CASE WHEN r.type IN ('statistical', 'unknown') THEN 'in_use' ELSE 'standard' END,
       coalesce(d.secrecy, 'open'), coalesce(d.secrecy, 'open') = 'open', r.source_id
FROM boundaries_divisionrecord r
LEFT JOIN placenames_placename p ON p.division_id = r.division_id
LEFT JOIN LATERAL (
    SELECT i.id, i.code, i.spelling, i.spelled_by, i.secrecy FROM placenames_placenamerecord i
    WHERE i.place_id = p.id AND upper_inf(i.recorded) AND i.valid && r.valid
    ORDER BY lower(i.valid) DESC NULLS LAST LIMIT 1
) d ON true
"""


class Migration(migrations.Migration):
    dependencies = [("placenames", "0001_initial")]
    operations = [
        migrations.RunSQL(KEY, NO_KEY),
        migrations.RunSQL(VIEW, "DROP VIEW placenames_name"),
    ]
