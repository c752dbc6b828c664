"""
Records to JSON columns and back, checked by type on the way in.

Contract: a column that does not fit its type raises `DamagedRecord` without quoting it.
"""

from datetime import date
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from anonymizer.model import (
    Box,
    Circumstances,
    Consents,
    Hold,
    KnownIdentifier,
    PathwayDays,
    Routing,
    SecondReading,
)
from service.workflow.corrections import Correction
from service.workflow.documents import FileReading
from service.workflow.errors import ServiceError
from service.workflow.pictures import ApprovedPicture
from service.workflow.records import MachineDraft, Proof, Summary

Record = TypeVar("Record")


class DamagedRecord(ServiceError):
    """A stored record cannot be read."""


class Codec(Generic[Record]):
    """One type's way into a text column and out of it."""

    def __init__(self, adapter: TypeAdapter[Record]) -> None:
        self._adapter = adapter

    def dump(self, record: Record) -> str:
        """The record as JSON."""
        return self._adapter.dump_json(record).decode("utf-8")

    def load(self, content: str) -> Record:
        """The record again, equal to the one that was dumped."""
        try:
            return self._adapter.validate_json(content)
        except ValidationError:
            # "from None": pydantic's message would quote the letter
            raise DamagedRecord from None


boxes_codec: Codec[tuple[Box, ...]] = Codec(TypeAdapter(tuple[Box, ...]))
circumstances_codec = Codec(TypeAdapter(Circumstances))
consents_codec = Codec(TypeAdapter(Consents))
correction_codec = Codec(TypeAdapter(Correction))
days_codec: Codec[tuple[date, ...]] = Codec(TypeAdapter(tuple[date, ...]))
draft_codec = Codec(TypeAdapter(MachineDraft))
pathway_codec = Codec(TypeAdapter(PathwayDays))
proof_codec = Codec(TypeAdapter(Proof))
reading_codec = Codec(TypeAdapter(FileReading))
routing_codec = Codec(TypeAdapter(Routing))
summary_codec = Codec(TypeAdapter(Summary))
holds_codec: Codec[tuple[Hold, ...]] = Codec(TypeAdapter(tuple[Hold, ...]))
pictures_codec: Codec[tuple[ApprovedPicture, ...]] = Codec(TypeAdapter(tuple[ApprovedPicture, ...]))
reasons_codec: Codec[tuple[SecondReading, ...]] = Codec(TypeAdapter(tuple[SecondReading, ...]))
known_codec: Codec[tuple[KnownIdentifier, ...]] = Codec(TypeAdapter(tuple[KnownIdentifier, ...]))
