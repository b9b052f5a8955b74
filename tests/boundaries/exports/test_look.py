import pytest, time
from boundaries.services import dossiers
from boundaries.services.change_maps import publication
from gis.files import services as files
from tests.boundaries.changes.conftest import *
from tests.boundaries.changes.test_enacting import *
from tests.boundaries.changes.test_enacting import unit, below, to_town, draft, enact, DAY
from tests.factories import make_user
from gis.accounts.models import Duty

def test_look(demo, tmp_path):
    u = make_user("x", (Duty.DIVISION_OFFICER, None))
    from django.core.files.uploadedfile import SimpleUploadedFile
    d = draft(to_town("麦垄乡"))
    d2 = draft(ActEntry("transfer_villages", {"villages": below(unit("望岫乡"))[:3], "to": unit("南畴镇"), "from": unit("望岫乡")}), ActEntry("rename", {"unit": unit("沙屿乡"), "name":"沙洲乡"}))
    decisions.attach_file(u, d, SimpleUploadedFile("风险评估 报告.pdf", b"%PDF-1.4\n%%EOF\n"), "风险评估报告", document_class="risk_assessment")
    for name, one in (("a", d), ("b", d2)):
        t=time.time(); s=dossiers.make_decision_dossier(u, one, publication()); print(name, time.time()-t, s.size)
        open(f"/tmp/look_{name}.zip","wb").write(files.read_bytes(s))
    d=enact(d)
    t=time.time(); s=dossiers.make_decision_dossier(u, d, publication()); print("enacted", time.time()-t, s.size)
    open(f"/tmp/look_c.zip","wb").write(files.read_bytes(s))
