"""The models of divisions, standards, applications, boundary lines and their inspections, one file each."""

from boundaries.models.application import Application, ApplicationAttachment, ApplicationEvent, ApplicationState, Target
from boundaries.models.boundary_hazard import BoundaryHazard, HazardCriteria, HazardEntry, HazardEntryKind, HazardState
from boundaries.models.boundary_line import BoundaryLine, BoundaryLineRecord, LineFile, LineFileKind, LineSegment
from boundaries.models.boundary_marker import (
    BoundaryMarker,
    MarkerAct,
    MarkerActKind,
    MarkerKind,
    MarkerOnLine,
    MarkerPicture,
    MarkerRecord,
    MarkerReference,
    MarkerSide,
)
from boundaries.models.decision import Decision, DecisionFile, DecisionState
from boundaries.models.decision_act import ACT_KINDS, DecisionAct
from boundaries.models.decision_follow_up import DecisionFollowUp, TownshipCodeList
from boundaries.models.decision_line_work import DecisionLineWork
from boundaries.models.decision_review import DecisionComment, DecisionEvent, DecisionOverride
from boundaries.models.division import Division
from boundaries.models.division_code import DivisionCode
from boundaries.models.division_record import DivisionRecord
from boundaries.models.field_record import InspectionTrack, MarkerCondition, MarkerVisit, TrackState, VisitPhoto
from boundaries.models.indicator_value import IndicatorValue
from boundaries.models.inspection_task import InspectionStretch, MarkerAssignment
from boundaries.models.joint_inspection import (
    InspectionEvent,
    InspectionKind,
    InspectionMember,
    InspectionOpinion,
    InspectionSignature,
    InspectionState,
    JointInspection,
    LineRound,
    OccurrenceKind,
)
from boundaries.models.line_occurrence import LineOccurrence
from boundaries.models.lineage import Lineage, LineageKind
from boundaries.models.map_shape import MapBorder, MapRevision, MapShape, MapStale
from boundaries.models.priority_county import PriorityCounty
from boundaries.models.rule_set import RuleSet, RuleSetState
from boundaries.models.source import Source, SourceKind
from boundaries.models.vocabulary import Authority, Begins, DivisionType, Grade, Level

__all__ = [
    "ACT_KINDS",
    "Application",
    "ApplicationAttachment",
    "ApplicationEvent",
    "ApplicationState",
    "Authority",
    "Begins",
    "BoundaryHazard",
    "BoundaryLine",
    "BoundaryLineRecord",
    "BoundaryMarker",
    "Decision",
    "DecisionAct",
    "DecisionComment",
    "DecisionEvent",
    "DecisionFile",
    "DecisionFollowUp",
    "DecisionLineWork",
    "DecisionOverride",
    "DecisionState",
    "Division",
    "DivisionCode",
    "DivisionRecord",
    "DivisionType",
    "Grade",
    "HazardCriteria",
    "HazardEntry",
    "HazardEntryKind",
    "HazardState",
    "IndicatorValue",
    "InspectionEvent",
    "InspectionKind",
    "InspectionMember",
    "InspectionOpinion",
    "InspectionSignature",
    "InspectionState",
    "InspectionStretch",
    "InspectionTrack",
    "JointInspection",
    "Level",
    "LineFile",
    "LineFileKind",
    "LineOccurrence",
    "LineRound",
    "LineSegment",
    "Lineage",
    "LineageKind",
    "MapBorder",
    "MapRevision",
    "MapShape",
    "MapStale",
    "MarkerAct",
    "MarkerActKind",
    "MarkerAssignment",
    "MarkerCondition",
    "MarkerKind",
    "MarkerOnLine",
    "MarkerPicture",
    "MarkerRecord",
    "MarkerReference",
    "MarkerSide",
    "MarkerVisit",
    "OccurrenceKind",
    "PriorityCounty",
    "RuleSet",
    "RuleSetState",
    "Source",
    "SourceKind",
    "Target",
    "TownshipCodeList",
    "TrackState",
    "VisitPhoto",
]
