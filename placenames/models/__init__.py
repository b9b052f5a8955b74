"""The models of place names, one file each."""

from placenames.models.census_entry import CensusEntry
from placenames.models.heritage_evidence import HeritageEvidence
from placenames.models.heritage_listing import HeritageKind, HeritageListing
from placenames.models.name import Name
from placenames.models.name_form import NameForm
from placenames.models.name_list import NameList
from placenames.models.naming_case import (
    ApproverKind,
    CaseAct,
    CaseKind,
    CaseState,
    NamingAnswer,
    NamingCase,
    NamingEvent,
    NamingPaper,
    PaperClass,
)
from placenames.models.place_name import PlaceName
from placenames.models.place_name_record import PlaceNameArea, PlaceNameRecord
from placenames.models.search_form import IMPORTANT_FROM, SearchAccess, SearchForm, SearchStale
from placenames.models.vocabulary import FormKind, NameStatus, Script, Secrecy, SpelledBy

__all__ = [
    "IMPORTANT_FROM",
    "ApproverKind",
    "CaseAct",
    "CaseKind",
    "CaseState",
    "CensusEntry",
    "FormKind",
    "HeritageEvidence",
    "HeritageKind",
    "HeritageListing",
    "Name",
    "NameForm",
    "NameList",
    "NameStatus",
    "NamingAnswer",
    "NamingCase",
    "NamingEvent",
    "NamingPaper",
    "PaperClass",
    "PlaceName",
    "PlaceNameArea",
    "PlaceNameRecord",
    "Script",
    "SearchAccess",
    "SearchForm",
    "SearchStale",
    "Secrecy",
    "SpelledBy",
]
