"""Who may bring large files in, and who may go on with one that is on its way."""

from __future__ import annotations

from gis.accounts.areas import reaches_everything
from gis.accounts.duties import Person
from gis.accounts.models import Duty
from gis.files.models import StoredFile, Upload
from gis.files.purposes import known


def may_upload(user: Person, purpose: str) -> bool:
    """Only for purposes that take files in chunks, and as the purpose says."""
    found = known(purpose)
    return found is not None and found.may_upload is not None and found.may_upload(user)


def may_continue_upload(user: Person, upload: Upload) -> bool:
    """Who began it; in any browser, as long as the duty lasts."""
    return user.is_authenticated and upload.owner_id == user.pk and may_upload(user, upload.purpose)


def may_fetch_set_aside(user: Person, file: StoredFile) -> bool:
    """A faulty file: who brought it, and who is asked to look into it."""
    return file.uploader_id == user.pk or reaches_everything(user, [Duty.ADMINISTRATOR])
