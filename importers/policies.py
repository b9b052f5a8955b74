"""Who may load data: named reasons, asked by services and views alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boundaries.policies import holds_over_whole_register
from gis.accounts.duties import holds_anywhere
from gis.accounts.models import Duty

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.files.models import StoredFile
    from importers.models import StagedBatch


BRINGERS = (Duty.DIVISION_OFFICER, Duty.PLACE_NAME_OFFICER, Duty.FIELD_INSPECTOR)


def may_import_divisions(user: Person) -> bool:
    """A list may touch any unit, so loading one is for those who answer for the whole register."""
    return holds_over_whole_register(user, [Duty.DIVISION_OFFICER])


def may_bring_files(user: Person) -> bool:
    """Bringing a file changes nothing yet; what may be done with it, its target asks."""
    return holds_anywhere(user, BRINGERS)


def may_see_imports(user: Person) -> bool:
    return holds_anywhere(user, BRINGERS)


def may_see_batch(user: Person, batch: StagedBatch) -> bool:
    """Who brought the file, and those who answer for the whole register."""
    return user.is_authenticated and (
        (batch.owner_id == user.pk and may_bring_files(user)) or holds_over_whole_register(user, [Duty.DIVISION_OFFICER])
    )


def may_fetch_imported_file(user: Person, file: StoredFile) -> bool:
    """Who brought it, and those who answer for the whole register."""
    return file.uploader_id == user.pk or holds_over_whole_register(
        user, [Duty.DIVISION_OFFICER, Duty.REVIEWER, Duty.AUDITOR, Duty.ADMINISTRATOR]
    )
