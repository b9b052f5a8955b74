"""A spelling that was decided for a division is shown with the name it spells, and no longer when the register says another."""

from django.db import migrations

# The name it spells is the one that held on the day it was recorded, as it was known then.
NOW = """
CREATE OR REPLACE VIEW placenames_name AS
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
       coalesce(d.code, ''), CASE WHEN d.held THEN d.spelling ELSE '' END, CASE WHEN d.held THEN d.spelled_by ELSE '' END, r.parent_id, r.seat::geometry,
       CASE WHEN r.type IN ('statistical', 'unknown') THEN 'in_use' ELSE 'standard' END,
       coalesce(d.secrecy, 'open'), coalesce(d.secrecy, 'open') = 'open', r.source_id
FROM boundaries_divisionrecord r
LEFT JOIN placenames_placename p ON p.division_id = r.division_id
LEFT JOIN LATERAL (
    SELECT i.id, i.code, i.spelling, i.spelled_by, i.secrecy,
           i.spelling <> '' AND NOT EXISTS (
               SELECT FROM boundaries_divisionrecord x
               WHERE x.division_id = r.division_id AND x.recorded @> lower(i.recorded) AND x.name <> r.name
                 AND x.valid @> (lower(i.recorded) AT TIME ZONE 'Asia/Shanghai')::date
           ) AS held
    FROM placenames_placenamerecord i
    WHERE i.place_id = p.id AND upper_inf(i.recorded) AND i.valid && r.valid
    ORDER BY lower(i.valid) DESC NULLS LAST LIMIT 1
) d ON true
"""
BEFORE = """
CREATE OR REPLACE VIEW placenames_name AS
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
    dependencies = [("placenames", "0009_naming_cases")]
    operations = [migrations.RunSQL(NOW, BEFORE)]
