"""The models of place names, one file each."""

from placenames.models.census_entry import CensusEntry
from placenames.models.heritage_listing import HeritageKind, HeritageListing
from placenames.models.name import Name
from placenames.models.name_form import NameForm
from placenames.models.name_list import NameList
from placenames.models.place_name import PlaceName
from placenames.models.place_name_record import PlaceNameArea, PlaceNameRecord
from placenames.models.search_form import IMPORTANT_FROM, SearchAccess, SearchForm, SearchStale
from placenames.models.sign import STANDS, RoadSide, Sign, SignEvent, SignFace, SignPhoto, SignState, SignText, TextRole
from placenames.models.sign_work import (
    ReportState,
    SignLedger,
    SignReport,
    SignTypeEdition,
    SignWork,
    WorkKind,
    WorkState,
)
from placenames.models.vocabulary import FormKind, NameStatus, Script, Secrecy, SpelledBy

__all__ = [
    "IMPORTANT_FROM",
    "STANDS",
    "CensusEntry",
    "FormKind",
    "HeritageKind",
    "HeritageListing",
    "Name",
    "NameForm",
    "NameList",
    "NameStatus",
    "PlaceName",
    "PlaceNameArea",
    "PlaceNameRecord",
    "ReportState",
    "RoadSide",
    "Script",
    "SearchAccess",
    "SearchForm",
    "SearchStale",
    "Secrecy",
    "Sign",
    "SignEvent",
    "SignFace",
    "SignLedger",
    "SignPhoto",
    "SignReport",
    "SignState",
    "SignText",
    "SignTypeEdition",
    "SignWork",
    "SpelledBy",
    "TextRole",
    "WorkKind",
    "WorkState",
]
