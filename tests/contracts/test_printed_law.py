"""Every paper in both wordings, read against the law: what none may say, what each must say, one set of terms.

The texts are the golden ones (tests/golden/forms) and those of the cases that pass, so that what is read is what
is printed. Sources: forms.md §1.2, §2, §6, §11 (REF-10, REF-11, REF-17).
"""

from __future__ import annotations

import itertools
import re
import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from docgen.engine.context import DocumentHead, build_context
from docgen.engine.press import FontBook, Press
from docgen.engine.render import compile_template
from docgen.engine.template import find_template
from forms.catalogue.library import FormLibrary
from forms.profiles.region import RegionProfile
from forms.profiles.wording import WORDINGS, find_wording
from forms.rules.clauses import forbidden_clauses

TESTS = Path(__file__).parents[1]
GOLDEN = TESTS / "golden" / "forms"
CODES = [spec.code for spec in FormLibrary.load().all()]
EVERY = list(itertools.product(CODES, sorted(WORDINGS)))
REPEALED = re.compile(
    "民法通则|民法总则|合同法|侵权责任法|婚姻法|收养法|治安管理处罚法》?第四十五条|学籍管理办法》?（教基一〔2013〕"
)
TRANSFERS = re.compile(
    "监护(?:权|责任|职责|人身份|资格)(?:由|全部|一并)?(?:转移|移交|让渡|转由|转给)|由(?:受委托监护人|被委托人)(?:承担|行使)(?:全部)?监护"
    "|父母不再(?:承担|负担|履行)|免除父母"
)
JOINT = re.compile("(?:受委托监护人|被委托人)[^。；]{0,12}(?:承担|负)连带")
STAYS = re.compile(
    "监护人仍是父母|父母仍是儿童的监护人|监护职责[^。]{0,12}始终属于父母|不(?:因|随)[^。]{0,12}(?:免除|转移)"
)
"""The sentence that keeps guardianship where it is."""
COERCION = re.compile("责令|必须|处罚|追究|强制")


def golden(code: str, wording: str) -> str:
    """Return the text of a paper without the ends of its lines."""
    text = (GOLDEN / f"{code}.{wording}.txt").read_text("utf-8")
    return re.sub(r"\s", "", text.replace("--- 换页 ---", ""))


_KNOWN: dict[str, Any] = runpy.run_path(str(TESTS / "forms" / "conftest.py"))
_CASES = {
    name: case
    for path in sorted((TESTS / "forms").glob("forms_*.py"))
    for name, case in runpy.run_path(str(path)).items()
}


def printed(code: str, wording: str) -> str:
    """Return the text of the case of a form that passes, as laid out."""
    profile, seen = RegionProfile.load("longli"), list[Any]()
    library = FormLibrary.load(wording=find_wording(wording), profile=profile)

    def fill(kit: Any, code: str, typed: Any = None, *, facts: Any = None, **how: Any) -> Any:
        seen.append(facts)
        return usual(kit, code, typed, facts=facts, **how)

    usual = _KNOWN["Kit"].fill
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_KNOWN["Kit"], "fill", fill)
        filled = _CASES[f"{code.lower()}_passes"](_KNOWN["Kit"](library=library, profile=profile))
    spec = library.get(code)
    head = DocumentHead(title=spec.titles[wording], number="洗民〔2026〕3号", made_on=date(2026, 11, 23), copies=3)
    context = build_context(
        spec,
        filled.values,
        seen[-1] or _KNOWN["known_facts"](),
        wording=find_wording(wording),
        profile=profile,
        document=head,
    )
    docx = compile_template(find_template(code, wording).data, name=code).render(context)
    return re.sub(r"\s", "", Press(FontBook.default()).lay_out(docx, name=code).text)


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_no_paper_moves_guardianship_makes_the_carer_jointly_liable_or_rests_on_repealed_law(
    code: str, wording: str
) -> None:
    text = golden(code, wording)
    assert not TRANSFERS.search(text)
    assert not JOINT.search(text)
    assert not REPEALED.search(text)
    clauses = re.sub("[□☑○][^□☑○。；]*", "。", text)  # a choice to tick is no clause
    assert [str(p) for p in forbidden_clauses(clauses)] == []


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_the_words_of_the_two_wordings_never_stand_on_one_paper(code: str, wording: str) -> None:
    text = re.sub(r"本(?:确认书|责任书|协议)所称“委托监护”.*?。", "", golden(code, wording))
    old, new = re.findall("委托监护|受委托监护人", text), re.findall("委托照护|(?<!受)被委托人", text)
    assert not (old and new), "aliases stand apart"
    assert not (new if wording == "plan_2016" else old)


@pytest.mark.parametrize("code", CODES)
def test_a_paper_names_no_issuer_that_may_not_issue_it(code: str) -> None:
    spec = FormLibrary.load().get(code)
    if code in {"D2", "D3", "D4", "D5", "D7", "D15"}:
        assert all("公安" in issuer or "派出所" in issuer for issuer in spec.issuers)
    if code in {"E1", "E2", "E4", "E5"}:
        assert spec.issuers == ("学校",)
    if code == "E6":
        assert not any("学校" in issuer or "村" in issuer for issuer in spec.issuers)
    if code != "D4":
        assert "训诫书" not in spec.titles["law_2020"]
    assert spec.issuers


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_a_warning_letter_says_all_that_article_sixteen_demands(wording: str) -> None:
    """反家庭暴力法 第十六条: identity of the perpetrator, facts of the violence, prohibition of more of it."""
    text = printed("D5", wording)
    for identity in ("石大山", "522730199003010214", "1990年3月1日", "洗马镇平山村上寨组8号", "父亲"):
        assert identity in text
    for fact in ("2026年11月17日", "家中", "用衣架抽打", "左臂、背部青紫"):
        assert fact in text
    assert "禁止对受害人及其相关近亲属实施任何形式的家庭暴力" in text
    assert "第十六条" in text
    assert "第二条" in text
    assert not re.search("行政复议|行政诉讼|复议|起诉期限", text), "a warning is no decision one appeals against"
    assert "治安管理处罚" in text, "why there is no penalty, and what follows a repetition"


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_the_papers_of_entrusting_say_that_the_parents_stay_guardians(wording: str) -> None:
    for code in ("A1", "A2", "A3"):
        text = printed(code, wording)
        assert STAYS.search(text), code
        assert re.search("监护人承担侵权责任|由监护人承担", text), f"{code}: 民法典 第一千一百八十九条"
        assert "每周" in text, f"{code}: weekly contact, 未成年人保护法 第二十三条"


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_a_request_of_the_school_does_not_coerce_and_an_order_names_its_basis(wording: str) -> None:
    request = golden("E4", wording)
    assert not COERCION.search(request.partition("一、法律规定")[0])
    order = printed("E6", wording)
    assert "第五十八条" in order
    assert "第八十三条" in order
    assert "罚款" not in order
    assert "第五十三条" not in order


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_a_report_of_a_dropout_goes_to_the_education_department_first(wording: str) -> None:
    text = printed("E5", wording)
    assert "龙里县教育局：" in text
    assert text.index("龙里县教育局：") < text.index("抄送：")
    assert "第二十八条" in text
    report = printed("D1", wording)
    assert "龙里县公安局洗马派出所" in report


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_a_proposal_to_remove_a_guardian_rests_on_article_thirty_six_and_keeps_the_support(wording: str) -> None:
    text = printed("D14", wording)
    assert "第三十六条" in text
    assert "由民政部门申请" in text
    assert "抚养费" in text
    assert "抄送：龙里县人民检察院。" in text


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_every_law_is_named_as_it_is_called(code: str, wording: str) -> None:
    """A statute in book-title marks is one in force that the sources know."""
    from forms.law.sources import SOURCES

    known = {source.title for source in SOURCES.values()} | {source.short for source in SOURCES.values()}
    for name in re.findall("《(中华人民共和国[^》]+)》", golden(code, wording)):
        assert name in known, name
