"""Forms are data: every built-in form is whole, and a form file with a mistake is refused by name."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import forms.catalogue
from forms.catalogue.library import FormLibrary, UnknownFormError, all_titles
from forms.filling.fill import fill
from forms.profiles.wording import LAW_2020, PLAN_2016, WORDINGS
from forms.profiles.words import print_title
from forms.spec import FieldType, Required, UnknownFieldError
from forms.strict import BadDataFileError

CODES = tuple(p.stem for p in Path(forms.catalogue.__file__).parent.glob("[A-Z]*.toml"))
MINIMAL = """
code = "Z1"
identifier = "office_note"
purpose = "本单位自用。"
subject = "child"
issuers = ["镇（街道）"]
rules = ["REF-14"]
sources = ["office"]
[titles]
plan_2016 = "便笺"
law_2020 = "便笺"
[[groups]]
use = "child"
only = ["child_name", "child_birth"]
[[groups]]
key = "own"
title = "内容"
fields = [
  { name = "kind", title = "类别", type = "enum", options = ["甲", "乙"], required = "always" },
  { name = "why", title = "理由", type = "text", required = "conditional", when = "kind = 乙" },
]
[[signers]]
role = "filler"
title = "经办人"
[[copies]]
key = "file"
recipient = "office"
title = "存"
"""


def write(folder: Path, text: str, name: str = "Z1.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_forms_are_there_in_catalogue_order() -> None:
    codes = tuple(s.code for s in FormLibrary.load().all())
    assert sorted(codes) == sorted(CODES)
    assert codes[:12] == ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "B1", "B2")
    assert codes.index("B5") + 1 == codes.index("B5a")


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=lambda w: w.key)
def test_no_text_of_a_form_keeps_an_open_term(wording: Any) -> None:
    for spec in FormLibrary.load(wording=wording).all():
        assert re.search(r"\{[a-z_]+\}", repr(spec)) is None


@pytest.mark.parametrize("wording", [LAW_2020, PLAN_2016], ids=["law", "plan"])
def test_a_form_speaks_one_wording_only(wording: Any) -> None:
    other = PLAN_2016 if wording is LAW_2020 else LAW_2020
    for spec in FormLibrary.load(wording=wording).all():
        shown = [spec.purpose, spec.trigger, *(g.title for g in spec.groups), *(s.title for s in spec.signers)]
        for field in spec.fields:
            shown += [field.title, field.help, *field.items, *(c.title for c in field.columns)]
        for text in shown:
            assert other.terms["carer"] not in text
            assert other.terms["arrangement"] not in text


def test_a_form_names_its_signature_places() -> None:
    library = FormLibrary.load()
    assert library.get("A1").boxes == library.get("A2").boxes
    assert {"sign_carer", "finger_carer", "sign_father", "sign_mother", "seal_village", "seal_town"} <= set(
        library.get("A1").boxes
    )


def test_copies_are_as_the_catalogue_says() -> None:
    counts = {s.code: s.originals for s in FormLibrary.load().all()}
    said = {"A1": 4, "A2": 4, "A3": 4, "A4": 3, "A5": 2, "A6": 2, "A8": 1, "A9": 1, "A10": 2, "B1": 2, "B2": 2}
    assert {code: counts[code] for code in said} == said
    assert FormLibrary.load().get("A8").restricted


def test_health_detail_stays_out_of_the_copies_for_education_and_police() -> None:
    copies = {c.key: c for c in FormLibrary.load().get("B1").copies}
    assert "rows.health_detail" in copies["education"].hide
    assert "rows.health_detail" in copies["police"].hide
    assert copies["civil_affairs"].hide == ()


@pytest.mark.parametrize(
    ("text", "code"), [("A1", "A1"), ("a2", "A2"), ("确认书", "A1"), ("花名册", "B1"), ("child_registration", "B2")]
)
def test_a_form_is_found_by_code_name_or_alias(text: str, code: str) -> None:
    assert FormLibrary.load().find(text)[0].code == code


def test_the_2016_titles_are_found_whatever_the_wording() -> None:
    assert "农村留守儿童委托监护责任书" in all_titles()["A2"]
    assert FormLibrary.load().find("留守儿童委托监护责任书")[0].code == "A2"


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownFormError, match="A1、A2"):
        FormLibrary.load().get("Q9")


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(UnknownFieldError):
        FormLibrary.load().get("A1").field("carer_nmae")


def test_a_prescribed_title_stands_at_the_head_and_the_laws_own_beside_it(kit: Any) -> None:
    title = print_title(kit.library.get("A1"), LAW_2020, kit.profile)
    assert (title.main, title.other, title.attachment) == (
        "留守儿童委托监护责任确认书",
        "留守儿童委托照护责任确认书",
        "附件1",
    )
    assert print_title(kit.library.get("A1"), LAW_2020).main == "留守儿童委托照护责任确认书"
    assert print_title(kit.library.get("A1"), LAW_2020).other == "留守儿童委托监护责任确认书"


def test_an_office_adds_a_form_with_one_file(tmp_path: Path) -> None:
    library = FormLibrary.load(write(tmp_path / "forms", MINIMAL))
    assert library.own == {"Z1"}
    assert [f.name for f in library.get("Z1").fields] == ["child_name", "child_birth", "kind", "why"]
    assert len(library.all()) == len(CODES) + 1


def test_an_office_replaces_a_built_in_form(tmp_path: Path) -> None:
    own = MINIMAL.replace('code = "Z1"', 'code = "A5"').replace("便笺", "本县评估表")
    library = FormLibrary.load(write(tmp_path / "forms", own, "A5.toml"))
    assert library.get("A5").title == "本县评估表"
    assert len(library.all()) == len(CODES)


def test_an_offices_own_group_serves_its_own_forms_only(tmp_path: Path) -> None:
    folder = write(tmp_path / "forms", MINIMAL.replace('"child_name", "child_birth"', '"child_name"'))
    text = (
        '[[group]]\nkey = "child"\ntitle = "儿童"\nfields = [{ name = "child_name", title = "孩子", type = "name" }]\n'
    )
    write(folder, text, "groups.toml")
    library = FormLibrary.load(folder)
    assert library.get("Z1").field("child_name").title == "孩子"
    assert library.get("A1").field("child_name").title == "儿童姓名"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('purpose = "本单位自用。"', 'purpose = "本单位自用。"\npurpos = "错"', "purpos"),
        ('type = "enum"', 'type = "enumm"', "groups[own].fields[kind].type"),
        ('required = "always"', 'requird = "always"', "groups[own].fields[kind].requird"),
        ('options = ["甲", "乙"]', 'enum = "Gendre"', "groups[own].fields[kind].enum"),
        ('options = ["甲", "乙"], ', "", "groups[own].fields[kind].enum"),
        ('when = "kind = 乙"', 'when = "knid = 乙"', "why.when"),
        ('when = "kind = 乙"', 'when = "乙"', "why.when"),
        (', when = "kind = 乙"', "", "groups[own].fields[why].when"),
        ('rules = ["REF-14"]', 'rules = ["REF-99"]', "rules"),
        ('sources = ["office"]', 'sources = ["mnors 第一条"]', "sources"),
        ('issuers = ["镇（街道）"]', 'issuers = ["镇"]', "issuers"),
        ('use = "child"', 'use = "kid"', "groups[kid].use"),
        ('only = ["child_name", "child_birth"]', 'only = ["child_nme"]', "groups[child].child_nme"),
        ('name = "why"', 'name = "kind"', "kind"),
        ('required = "always"', 'required = "always", rules = ["V-NIX"]', "kind.rules"),
        ('title = "存"', 'title = "存"\n[[links]]\ntarget = "planet"\nrole = "subject"', "links[subject].target"),
        ('title = "存"', 'title = "存"\nhide = ["secret"]', "copies[file].hide"),
        ('title = "经办人"', 'title = "经办人"\nname_field = "who"', "signers[filler].name_field"),
        ('title = "理由"', 'title = "{reason}理由"', "{reason}"),
        ('title = "理由"', 'title = "理由", prefill = "child.person.nmae"', "why"),
        ('title = "理由"', 'title = "理由", default = "guess"', "why"),
        ('law_2020 = "便笺"', "", "titles.law_2020"),
        ('code = "Z1"', 'code = "Z2"', "code"),
        ('code = "Z1"', "code = 1", "code"),
    ],
)
def test_a_mistake_in_a_form_file_is_refused_with_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in MINIMAL
    with pytest.raises(BadDataFileError) as caught:
        FormLibrary.load(write(tmp_path / "forms", MINIMAL.replace(old, new, 1)))
    assert (caught.value.file, caught.value.key) == ("Z1.toml", key)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"code = ", b"[[groups]\n"])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "Z1.toml").write_bytes(data)
    with pytest.raises(BadDataFileError) as caught:
        FormLibrary.load(folder)
    assert caught.value.file == "Z1.toml"


def test_a_byte_order_mark_from_a_windows_editor_does_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "Z1.toml").write_bytes(b"\xef\xbb\xbf" + MINIMAL.encode())
    assert FormLibrary.load(folder).get("Z1").title == "便笺"


def test_sensitive_fields_are_marked() -> None:
    for spec in FormLibrary.load().all():
        for field in spec.fields:
            if field.type is FieldType.ID_NUMBER or field.name in {"illness", "disability"}:
                assert field.sensitive, f"{spec.code}.{field.name}"


def test_a_statutory_copy_cannot_be_chosen_away(tmp_path: Path) -> None:
    text = MINIMAL + '[[copies]]\nkey = "police"\nrecipient = "police"\ntitle = "公安机关"\nstatutory = true\n'
    spec = FormLibrary.load(write(tmp_path / "forms", text)).get("Z1")
    assert [c.key for c in spec.copies_for(("file",)).copies] == ["file", "police"]
    assert [c.key for c in spec.copies_for(()).copies] == ["police"]


def test_a_dossier_is_ordered_identity_then_care() -> None:
    order = [s.code for s in sorted(FormLibrary.load().all(), key=lambda s: s.dossier_order) if s.dossier_order]
    wanted = ["B2", "A6", "A5", "A8", "A3", "A1", "A2", "A4", "A7", "A9"]
    assert [code for code in order if code in wanted] == wanted


def test_no_clause_is_one_the_law_forbids() -> None:
    from forms.rules.clauses import forbidden_clauses

    for wording in WORDINGS.values():
        for spec in FormLibrary.load(wording=wording).all():
            for field in spec.fields:
                assert [list(forbidden_clauses(item)) for item in field.items] == [[] for _ in field.items]


def test_what_must_be_signed_is_never_demanded_when_the_paper_is_made() -> None:
    for spec in FormLibrary.load().all():
        signed = spec.field(spec.signed_field)
        assert signed.pen
        assert signed.required is Required.ALWAYS


LETTER = """
code = "Z5"
identifier = "warning_letter"
purpose = "一事一书。"
subject = "case"
issuers = ["公安机关"]
series = "warning"
restricted = true
signed_field = "served_on"
sources = ["dv 第十六条"]
[titles]
plan_2016 = "告诫书"
law_2020 = "告诫书"
[[groups]]
key = "facts"
title = "事实"
fields = [
  { name = "perpetrator", title = "加害人", type = "struct", required = "always", columns = [
    { name = "name", title = "姓名", type = "name", required = "always" },
    { name = "id_number", title = "公民身份号码", type = "id_number", sensitive = true },
  ] },
  { name = "victim_address", title = "受害人住址", type = "address", sensitive = true },
  { name = "lives_together", title = "是否共同生活", type = "bool", required = "always" },
  { name = "incidents", title = "家庭暴力事实", type = "table", min_rows = 1, required = "always", columns = [
    { name = "happened_at", title = "时间", type = "datetime", required = "always" },
    { name = "facts", title = "经过", type = "long_text", required = "always" },
  ] },
  { name = "prohibition", title = "禁止内容", type = "clauses", required = "always", default = "all_items", items = [
    "禁止实施任何形式的暴力。",
  ] },
  { name = "report_ref", title = "强制报告", type = "paper_ref", form = ["D1"] },
  { name = "served_on", title = "送达日期", type = "date", required = "always", pen = true },
]
[[signers]]
role = "officer"
title = "民警"
seal = "police"
[[signers]]
role = "perpetrator"
title = "加害人"
fingerprint = true
[[copies]]
key = "perpetrator"
recipient = "perpetrator"
title = "加害人"
receipt = true
hide = ["victim_address"]
[[copies]]
key = "victim"
recipient = "victim"
title = "受害人"
receipt = true
statutory = true
[[deadlines]]
text = "当日送达，最迟7日"
event = "issued"
days = 7
source = "dv"
[[opens]]
duty = "visit"
title = "告诫查访"
form = "D8"
who = "police"
field = "served_on"
days = 7
every = 30
when = "lives_together = 是"
[[closes]]
duty = "report"
[[links]]
target = "case"
role = "subject"
[[links]]
target = "paper"
role = "answers"
field = "report_ref"
"""


def test_a_letter_with_recipients_who_see_different_things_is_only_data(tmp_path: Path, kit: Any) -> None:
    spec = FormLibrary.load(write(tmp_path / "forms", LETTER, "Z5.toml")).get("Z5")
    assert {c.key: c.hide for c in spec.copies} == {"perpetrator": ("victim_address",), "victim": ()}
    assert spec.boxes == ("sign_officer", "seal_police", "sign_perpetrator", "finger_perpetrator")
    assert [(d.duty, d.days, d.every) for d in spec.opens] == [("visit", 7, 30)]
    typed = {
        "perpetrator": "韦某",
        "lives_together": "是",
        "incidents.1.happened_at": "2026年11月20日 21:30",
        "incidents.1.facts": "酒后打骂。",
    }
    filled = fill(spec, kit.facts(record=None), typed, today=kit.today, profile=kit.profile)
    assert filled.is_ready
    assert filled.values["prohibition"] == ("禁止实施任何形式的暴力。",)
    assert filled.values["incidents"] == ({"happened_at": datetime(2026, 11, 20, 21, 30), "facts": "酒后打骂。"},)  # noqa: DTZ001
    del typed["incidents.1.facts"]
    assert not fill(spec, kit.facts(record=None), typed, today=kit.today, profile=kit.profile).is_ready
