"""The first text of an office's own template: every field of its form in a table, every place to sign.

Written once, by `docgen form new`; from then on the office's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.printed import choices
from forms.spec import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.spec import FieldSpec, FormSpec

_LONG = {FieldType.LONG_TEXT, FieldType.CLAUSES, FieldType.CHECKLIST}


def starter_source(spec: FormSpec) -> str:
    """Return the text of a template in the language of `templates/source/README.md`."""
    lines = [
        f"; {spec.code} {spec.title}：改好文字后运行 docgen form build {spec.code}。",
        "@page A4 portrait top=35 bottom=35 left=28 right=26",
        "@footer 第 {PAGE} 页　共 {PAGES} 页",
        "@style title size=20 line=28 after=0",
        "",
        "@title {doc.title}",
        "@number 编号：{doc.number:12}　　一式{doc.copies}份",
        "",
        "@table 36 120",
        "@row 8",
        *(line for field in spec.fields if field.printed and not field.system for line in _field(field)),
        "",
        "@space 3",
        "@table 36 60 60 keep",
        *(line for signer in spec.signers for line in _signer(signer.title, signer.boxes)),
    ]
    return "\n".join(lines) + "\n"


def _field(field: FieldSpec) -> Iterator[str]:
    if field.type is FieldType.STRUCT:
        cells = "　".join(f"{c.title}：{{{field.name}.{c.name}}}" for c in field.columns if c.printed)
        yield f"| *{field.title} | {cells} |"
    elif field.type is FieldType.TABLE:
        cells = "　".join(f"{{{{ r.{c.name} }}}}" for c in field.columns if c.printed)
        yield f"| *{field.title} | {{%p for r in {field.name} %}}//{cells}//{{%p endfor %}} |"
    elif field.type in _LONG:
        yield "@row 30"
        inner = f"{{{field.name}}}"
        if field.type is not FieldType.LONG_TEXT:
            inner = f"{{%p for line in {field.name} %}}//{{{{ line }}}}//{{%p endfor %}}"
        yield f"| *{field.title} | [top]{inner} |"
        yield "@row 8"
    else:
        yield (
            f"| *{field.title} | {{boxes.{field.name}}} |"
            if choices(field)
            else f"| *{field.title} | {_plain(field)} |"
        )


def _plain(field: FieldSpec) -> str:
    return f"{{{field.name}:day}}" if field.type is FieldType.DATE else f"{{{field.name}}}"


def _signer(title: str, boxes: tuple[str, ...]) -> Iterator[str]:
    places = ["", ""]
    for box in boxes:
        kind, _, name = box.partition("_")
        places[0 if kind == "sign" else 1] += f"{{{kind}:{name}}}"
    yield "@row 28" if any(box.startswith("seal_") for box in boxes) else "@row 14"
    note = "（盖章、捺印处）" if places[1] else ""
    yield f"| *{title} | {places[0]} | [top note]{note}{places[1]} |"
