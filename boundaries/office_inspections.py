"""What joint inspections and hazards along lines tell the shared rooms: the menu, what is due, the files they bring along."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from boundaries import inspection_due, policies
from boundaries.models import BoundaryHazard
from boundaries.services import hazards, inspection_package
from gis.accounts.duties import Person
from gis.files import purposes
from gis.files.models import StoredFile
from gis.files.validators import OFFICE_PAPER
from gis.jobs import kinds
from gis.menu import Group, MenuEntry
from gis.menu import register as register_menu_entry


def may_download_hazard_file(user: Person, file: StoredFile) -> bool:
    """Who may see the line of the hazard."""
    return any(policies.may_view_line(user, one.line_id) for one in BoundaryHazard.objects.filter(entries__file=file))


def register() -> None:
    register_menu_entry(MenuEntry(_("联检计划"), "inspection-plan", "calendar", 47, group=Group.LINES, also=("/lines/",)))
    register_menu_entry(MenuEntry(_("边界隐患"), "hazards", "warning", 54, group=Group.LINES))
    inspection_due.register()
    purposes.register(
        purposes.Purpose(
            inspection_package.PURPOSE,
            _("联检成果包"),
            inspection_package.may_download,
            limit_bytes=inspection_package.LIMIT_BYTES,
        )
    )
    purposes.register(purposes.Purpose(hazards.PURPOSE, _("隐患文书"), may_download_hazard_file, OFFICE_PAPER))
    kinds.register(
        kinds.Kind(
            inspection_package.PACKAGE_JOB,
            _("打包联检成果"),
            inspection_package.run,
            result_template="boundaries/parts/dossier_made.html",
        )
    )
