"""Who may do what with place names: named reasons, asked by views, services and importers alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boundaries.policies import holds_over, holds_over_whole_register
from gis.accounts.duties import holds_anywhere
from gis.accounts.models import Duty

if TYPE_CHECKING:
    from boundaries.models import Division
    from gis.accounts.duties import Person
    from placenames.models import NamingCase


def may_view_names(user: Person) -> bool:
    """The office's own list, unpublished names among them: everybody with a duty. Confidential ones ask `may_view_secret_names`."""
    return holds_anywhere(user)


def may_view_secret_names(user: Person, area: Division | int | None) -> bool:
    """Names with a 密级: who keeps names where they lie; of a name without an area, over the whole register."""
    return may_edit_names(user, area)


def may_edit_names(user: Person, area: Division | int | None) -> bool:
    """Entering, correcting and describing names in an area. A name whose area is not known belongs to the whole register."""
    if area is None:
        return holds_over_whole_register(user, [Duty.PLACE_NAME_OFFICER])
    return holds_over(user, [Duty.PLACE_NAME_OFFICER], area)


def may_import_names(user: Person) -> bool:
    """A table may hold names of any area, so loading one is for those who answer for the whole register."""
    return holds_over_whole_register(user, [Duty.PLACE_NAME_OFFICER])


def may_load_name_lists(user: Person) -> bool:
    """Lists that the rules on names are asked with count for the whole register."""
    return holds_over_whole_register(user, [Duty.PLACE_NAME_OFFICER, Duty.ADMINISTRATOR])


def may_view_signs(user: Person) -> bool:
    """Signs stand where everybody sees them; the register is for everybody with a duty. What names a secret place asks more."""
    return holds_anywhere(user)


def may_edit_signs(user: Person, area: Division | int | None) -> bool:
    """Registering and correcting signs, planning new ones, work orders; a sign without an area belongs to the whole register."""
    return may_edit_names(user, area)


def may_patrol_signs(user: Person, area: Division | int | None) -> bool:
    """Photos of a sign and how it was found: also who inspects in the field."""
    duties = [Duty.PLACE_NAME_OFFICER, Duty.FIELD_INSPECTOR]
    return holds_over_whole_register(user, duties) if area is None else holds_over(user, duties, area)


def may_open_patrol(user: Person) -> bool:
    """The telephones' page of patrols; each finding is asked for with `may_send_findings`."""
    return holds_anywhere(user, [Duty.PLACE_NAME_OFFICER, Duty.FIELD_INSPECTOR])


def may_send_findings(user: Person, area: Division | int | None) -> bool:
    """Going round the signs of an area and saying what was found: who may patrol there."""
    return may_patrol_signs(user, area)


def may_settle_findings(user: Person, area: Division | int | None) -> bool:
    """Deciding which of two findings counts, taking a proposed position, registering a sign that was found: who keeps the signs."""
    return may_edit_signs(user, area)


def may_bring_signs(user: Person) -> bool:
    """A list may hold signs of many areas; each row is asked for its own with `may_edit_signs`."""
    return holds_anywhere(user, [Duty.PLACE_NAME_OFFICER])


def may_handle_sign_reports(user: Person) -> bool:
    """Opening the list of what the public reports; each report is asked for with `may_edit_signs`."""
    return holds_anywhere(user, [Duty.PLACE_NAME_OFFICER])


def may_load_sign_types(user: Person) -> bool:
    """Types and spacing hold for the whole register."""
    return holds_over_whole_register(user, [Duty.PLACE_NAME_OFFICER, Duty.ADMINISTRATOR])


def may_declare_sign_ledger(user: Person, area: Division | int) -> bool:
    """Saying that the register of signs is complete under a division: who answers for its names."""
    return holds_over(user, [Duty.PLACE_NAME_OFFICER], area)


def may_open_naming_cases(user: Person) -> bool:
    """The list; it shows the cases of the person's areas."""
    return holds_anywhere(user)


def may_view_naming_case(user: Person, case: NamingCase) -> bool:
    return holds_over(user, list(Duty), case.area_id)


def may_draft_naming_case(user: Person, area: Division | int) -> bool:
    """Applying for a name in an area, and having one checked there as it is typed."""
    return holds_over(user, [Duty.PLACE_NAME_OFFICER], area)


def may_begin_naming_cases(user: Person) -> bool:
    """Opening the form; the area that is chosen in it is asked for with `may_draft_naming_case`."""
    return holds_anywhere(user, [Duty.PLACE_NAME_OFFICER])


def may_edit_naming_case(user: Person, case: NamingCase) -> bool:
    """The application, its papers, the filing and the notice."""
    return holds_over(user, [Duty.PLACE_NAME_OFFICER], case.area_id)


def may_review_naming_case(user: Person, case: NamingCase) -> bool:
    """Passing, returning, recording the decision: a reviewer over the area, never of a case the person drafted (decision 0085)."""
    return case.created_by_id != user.pk and holds_over(user, [Duty.REVIEWER], case.area_id)


def may_show_heritage(user: Person, area: Division | int | None) -> bool:
    """Recording what shows that a listed place meets a criterion: who keeps names where it lies."""
    return may_edit_names(user, area)


def may_write_archive(user: Person, area: Division | int | None) -> bool:
    """Texts, photos, recordings and documents of names: who keeps the names there."""
    return may_edit_names(user, area)


def may_review_archive(user: Person, area: Division | int | None) -> bool:
    """Publishing what somebody else wrote; a name whose area is not known belongs to the whole register."""
    if area is None:
        return holds_over_whole_register(user, [Duty.REVIEWER])
    return holds_over(user, [Duty.REVIEWER], area)


def may_view_archive_room(user: Person, area: Division | int | None) -> bool:
    """Drafts, versions, originals with their EXIF, suggestions with their contacts."""
    return may_write_archive(user, area) or may_review_archive(user, area)


def may_view_archive(user: Person) -> bool:
    """The list of what waits in the archive; each entry asks for its own area."""
    return holds_anywhere(user, [Duty.PLACE_NAME_OFFICER, Duty.REVIEWER])
