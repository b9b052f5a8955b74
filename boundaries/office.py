"""What this app tells the shared rooms when it is ready: its tree of divisions, whose files are whose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from boundaries import policies
from boundaries.areas import DivisionAreas
from boundaries.models import ApplicationAttachment
from gis.accounts.areas import register_area_source
from gis.accounts.duties import Person
from gis.files import purposes
from gis.files.models import StoredFile
from gis.files.validators import OFFICE_PAPER
from gis.menu import MenuEntry
from gis.menu import register as register_menu_entry


def may_download_application_file(user: Person, file: StoredFile) -> bool:
    """Who may see one of the applications the file was filed with; also after it was taken out of the dossier."""
    filed = ApplicationAttachment.objects.filter(file=file).select_related("application")
    return any(policies.may_view_application(user, attachment.application) for attachment in filed)


def register() -> None:
    register_area_source(DivisionAreas())
    register_menu_entry(MenuEntry(_("申报与变更"), "applications", "applications", 50))
    purposes.register(purposes.Purpose("application", _("申报材料"), may_download_application_file, OFFICE_PAPER))
