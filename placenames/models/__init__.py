"""The models of place names, one file each."""

from placenames.models.archive_media import ArchiveMedia, MediaKind
from placenames.models.archive_text import ArchiveDocument, ArchiveState, ArchiveText, Citation, DocumentKind, TextKind
from placenames.models.census_entry import CensusEntry
from placenames.models.heritage_evidence import HeritageEvidence
from placenames.models.heritage_listing import HeritageKind, HeritageListing
from placenames.models.name import Name
from placenames.models.name_collection import CollectionMember, NameCollection
from placenames.models.name_form import NameForm
from placenames.models.name_list import NameList
from placenames.models.name_relation import MergedName, NameRelation
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
from placenames.models.sign import STANDS, RoadSide, Sign, SignEvent, SignFace, SignPhoto, SignState, SignText, TextRole
from placenames.models.sign_finding import FindingOutcome, FixOutcome, SignFinding
from placenames.models.sign_work import (
    ReportState,
    SignLedger,
    SignReport,
    SignTypeEdition,
    SignWork,
    SignWorkEvent,
    WorkKind,
    WorkState,
)
from placenames.models.suggestion import Suggestion, SuggestionPart, SuggestionState
from placenames.models.vocabulary import FormKind, NameStatus, Script, Secrecy, SpelledBy

__all__ = [
    "IMPORTANT_FROM",
    "STANDS",
    "ApproverKind",
    "ArchiveDocument",
    "ArchiveMedia",
    "ArchiveState",
    "ArchiveText",
    "CaseAct",
    "CaseKind",
    "CaseState",
    "CensusEntry",
    "Citation",
    "CollectionMember",
    "DocumentKind",
    "FindingOutcome",
    "FixOutcome",
    "FormKind",
    "HeritageEvidence",
    "HeritageKind",
    "HeritageListing",
    "MediaKind",
    "MergedName",
    "Name",
    "NameCollection",
    "NameForm",
    "NameList",
    "NameRelation",
    "NameStatus",
    "NamingAnswer",
    "NamingCase",
    "NamingEvent",
    "NamingPaper",
    "PaperClass",
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
    "SignFinding",
    "SignLedger",
    "SignPhoto",
    "SignReport",
    "SignState",
    "SignText",
    "SignTypeEdition",
    "SignWork",
    "SignWorkEvent",
    "SpelledBy",
    "Suggestion",
    "SuggestionPart",
    "SuggestionState",
    "TextKind",
    "TextRole",
    "WorkKind",
    "WorkState",
]
