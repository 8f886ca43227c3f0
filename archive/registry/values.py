"""What was filled in, as JSON and back without loss: every `forms.cases.facts.Value` keeps its type.

Text, whole numbers, booleans and lists are themselves; every other value is an object with the
two keys `type` and `value`. The same form stands in a paper's `inputs.json` in the store, so it is
part of the format on disk (docs/on-disk.md) and may only be added to.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from forms.cases.facts import PaperRef, Signature
from forms.values import enums
from forms.values.blank import Blank
from forms.values.names_and_numbers import DocumentNumber, IdNumber, PersonName, Phone, RegionCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.facts import Value

_TEXTUAL: dict[str, type[IdNumber | PersonName | Phone | RegionCode]] = {
    "id-number": IdNumber,
    "person-name": PersonName,
    "phone": Phone,
    "region-code": RegionCode,
}
_ENUMS: dict[str, type[enum.StrEnum]] = {
    name: cls
    for name, cls in vars(enums).items()
    if isinstance(cls, type) and issubclass(cls, enum.StrEnum) and cls is not enum.StrEnum
}


def encode_values(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return a mapping that `json` writes and `decode_values` reads back equal.

    Raises:
        TypeError: a value is of no type that forms know; a programming error.
    """
    return {key: _encode(value) for key, value in values.items()}


def decode_values(data: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values of a mapping made by `encode_values`.

    Raises:
        ValueError: a type name is unknown; the data comes from a newer program or is damaged.
    """
    return {key: _decode(value) for key, value in data.items()}


def encode_signature(signature: Signature) -> dict[str, Any]:
    """Return one signature place as read, written like the values of a form."""
    return encode_values({name: getattr(signature, name) for name in signature.__slots__})


def decode_signature(data: Mapping[str, Any]) -> Signature:
    """Return the signature place written by `encode_signature`."""
    said: dict[str, Any] = decode_values(data)
    return Signature(**said)


def _paper_ref(ref: PaperRef) -> dict[str, str]:
    return {
        "uid": ref.uid,
        "form_code": ref.form_code,
        "document_number": ref.document_number,
        "signed_on": ref.signed_on.isoformat() if ref.signed_on else "",
    }


def _read_paper_ref(row: Mapping[str, str]) -> PaperRef:
    signed_on = row["signed_on"]
    return PaperRef(
        uid=row["uid"],
        form_code=row["form_code"],
        document_number=row["document_number"],
        signed_on=date.fromisoformat(signed_on) if signed_on else None,
    )


def _tagged(kind: str, value: object) -> dict[str, object]:
    return {"type": kind, "value": value}


def _encode(value: Any) -> Any:
    if isinstance(value, PaperRef):
        return _tagged("paper-ref", _paper_ref(value))
    if type(value) in _KINDS:
        return _tagged(_KINDS[type(value)], value.isoformat() if isinstance(value, date) else str(value))
    if isinstance(value, str | bool | int) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, Mapping):
        return _tagged("map", encode_values(value))
    if isinstance(value, tuple):
        if value and all(isinstance(row, Mapping) for row in value):
            return _tagged("rows", [encode_values(row) for row in value])
        return [_encode(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a value of a form")


def _decode(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_decode(item) for item in data)
    if not isinstance(data, dict):
        return data
    kind = data.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None or set(data) != {"type", "value"}:
        raise ValueError("unknown type of value")
    return reader(data["value"])


_READERS: dict[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "decimal": Decimal,
    "blank": Blank,
    "document-number": DocumentNumber.parse,
    "paper-ref": _read_paper_ref,
    "rows": lambda rows: tuple(decode_values(row) for row in rows),
    "map": decode_values,
    **_TEXTUAL,
    **{f"enum.{name}": cls for name, cls in _ENUMS.items()},
}
_KINDS: dict[type, str] = {
    date: "date",
    datetime: "datetime",
    Decimal: "decimal",
    Blank: "blank",
    DocumentNumber: "document-number",
    **{cls: name for name, cls in _TEXTUAL.items()},
    **{cls: f"enum.{name}" for name, cls in _ENUMS.items()},
}
