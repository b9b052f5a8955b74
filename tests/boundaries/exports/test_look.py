import tests.boundaries.exports.sharedplug_tmp
import csv, io
import pytest
from tests.shared import SHARED
from importers.services.history import HistoryFiles, import_history
from boundaries.services.yearly_changes import changes_of

def test_look(db):
    import time
    from tests.importers.test_import_history import EVERYTHING
    from tests.commands import run
    run("import_history", *EVERYTHING)
    raw=list(csv.DictReader((SHARED/"changes/mca_subcounty_changes_raw_henan.csv").open(encoding="utf-8-sig")))
    for year in (2014,2015,2016,2017,2019,2020,2021,2023, 2022):
        off={tuple(r[k] for k in ("from_code","from_name","reason","to_code","to_name","approval_doc")) for r in raw if r["year"]==str(year)}
        t=time.time(); c=changes_of(year); t=time.time()-t
        ours={(x.row.from_code,x.row.from_name,x.row.reason,x.row.to_code,x.row.to_name,x.row.document) for x in c.changes}
        print("=====",year,len(off),len(c.changes),len(off&ours), round(t,2))
        for r in sorted(off-ours): print("  -",r)
        for r in sorted(ours-off): print("  +",r)
