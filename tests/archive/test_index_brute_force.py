"""Whatever is added, changed and deleted, the index answers exactly what reading every document would."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from archive.index import Index, IndexDocument
from archive.index.schema import tie_number
from archive.normal import WORD_CHARACTERS, fold, name_key
from archive.pinyin import sounds
from archive.query import Aim, Clause, Query, QueryError, document_number_key, parse_query
from archive.search import Scope, search
from forms.enums import PaperStatus

# ---------------------------------------------------------------- an obviously correct matcher


def text_parts(document: IndexDocument) -> list[str]:
    return [fold(part) for part in (document.title, document.village_name, *document.form_terms, document.body)]


def stands_in(text: str, wanted: str) -> bool:
    left = f"(?<![{WORD_CHARACTERS}])" if re.match(f"[{WORD_CHARACTERS}]", wanted[0]) else ""
    right = f"(?![{WORD_CHARACTERS}])" if re.match(f"[{WORD_CHARACTERS}]", wanted[-1]) else ""
    return re.search(left + re.escape(wanted) + right, text) is not None


def in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


def name_meets(key: str, clause: Clause, document: IndexDocument) -> bool:
    names = [name_key(name) for name in document.names]
    if len(key) == 2 and not clause.exact:
        return any(in_order(key, name) for name in names)
    return bool(key) and any(key in name for name in names)


def alike(one: str, other: str) -> bool:
    def leaving_out_at_most_one(name: str) -> set[str]:
        return {name, *("".join(kept) for kept in combinations(name, len(name) - 1))}

    shared = leaving_out_at_most_one(one) & leaving_out_at_most_one(other)
    return any(len(key) > 1 for key in shared)


def sound_meets(key: str, document: IndexDocument) -> bool:
    letters = key.replace("ü", "v")
    heard = [sounds(name) for name in document.names]
    return any(letters in one.whole | one.parts | one.initials for one in heard)


def plain(text: str) -> str:
    return re.sub("[^0-9a-z]", "", fold(text))


def id_meets(digits: str, document: IndexDocument) -> bool:
    for number in map(plain, document.id_numbers):
        if digits == number or (len(digits) == 4 and number.endswith(digits)):
            return True
        if len(digits) in {6, 14} and len(number) == 18 and number.startswith(digits):
            return True
        if len(digits) == 8 and number[6:14] == digits and len(number) == 18:
            return True
    return False


def phone_meets(digits: str, document: IndexDocument) -> bool:
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return any(
        digits == phone or (len(digits) == 4 and phone.endswith(digits)) for phone in map(plain, document.phones)
    )


def number_meets(folded: str, document: IndexDocument) -> bool:
    if not document.document_number:
        return False
    wanted = document_number_key(folded) or folded
    own = document_number_key(document.document_number) or fold(document.document_number)
    return own == wanted or ("(" in own and own[own.index("(") :] == wanted)


def clause_meets(clause: Clause, document: IndexDocument) -> bool:  # noqa: C901 - one case an aim
    folded = clause.folded
    in_text = any(stands_in(text, folded) for text in text_parts(document) if text) if folded else False
    key = name_key(folded)
    match clause.aim:
        case Aim.WORD:
            return name_meets(key, clause, document) or in_text
        case Aim.NAME:
            return name_meets(key, clause, document) or (key.isascii() and sound_meets(key, document))
        case Aim.LETTERS:
            is_form = fold(document.form_code) == folded
            return name_meets(key, clause, document) or sound_meets(key, document) or is_form or in_text
        case Aim.DIGITS:
            digits = plain(folded)
            code = document.village_code
            is_region = len(digits) in {6, 9, 12} and code.startswith(digits)
            is_phone = (len(digits) == 4 or 7 <= len(digits) <= 12) and phone_meets(digits, document)
            return id_meets(digits, document) or is_phone or is_region or in_text
        case Aim.NUMBER:
            return number_meets(folded, document) or in_text
        case Aim.DOCUMENT_NUMBER:
            return number_meets(folded, document)
        case Aim.ID_NUMBER:
            return id_meets(plain(folded), document)
        case Aim.PHONE:
            return phone_meets(plain(folded), document)
        case Aim.TEXT:
            return in_text
        case Aim.FORM:
            if re.fullmatch(r"[a-z]\d+", folded):
                return fold(document.form_code) == folded
            return any(folded in fold(term) for term in document.form_terms)
        case Aim.VILLAGE:
            if re.fullmatch(r"\d{6}|\d{9}|\d{12}", folded):
                return document.village_code.startswith(folded)
            return folded in fold(document.village_name)
        case Aim.STATUS:
            return document.status in {status.value for status in clause.statuses}
        case Aim.DAY:
            return clause.first <= document.day <= clause.last
    raise AssertionError(clause)


def clause_nearly_meets(clause: Clause, document: IndexDocument) -> bool:
    key = name_key(clause.folded)
    may = clause.aim in {Aim.WORD, Aim.NAME} and not clause.exact and not clause.negated and len(key) > 2
    return may and any(alike(key, name_key(name)) for name in document.names)


def meets(query: Query, document: IndexDocument, scope: Scope, *, nearly: bool) -> bool:
    if scope.units is not None and document.unit_uid not in scope.units:
        return False
    return all(
        (clause_meets(clause, document) or (nearly and clause_nearly_meets(clause, document))) != clause.negated
        for clause in query.clauses
    )


# ---------------------------------------------------------------- what is made up

name_text = st.one_of(
    st.text("张章王小晓明单解", min_size=1, max_size=4),
    st.sampled_from(["欧阳单", "買買提·吐尔逊", "买买提・吐尔逊", "解 明", "𬱖明", "anna li", "尉迟恭", "吕明"]),
)
body_text = st.lists(
    st.text("监护脱离", min_size=1, max_size=6)
    | st.sampled_from(
        [
            "不得脱离",
            "监护",
            "责任书",
            "監護",
            " ",
            "\n",
            "。",
            "，",
            "张晓明",
            "明",
            "2026",
            "年",
            "a2",
            "（2026）",
            "3号",
            "作废",
            "ab",
            "\uff22",
            "1",
            "年20",
        ]
    ),
    max_size=12,
).map("".join)
id_text = st.sampled_from(["522730201603051234", "52273020150102234X", "522731201603051234"])
phone_text = st.sampled_from(["13800001234", "0854-5561234", "13900005227"])
number_text = st.sampled_from(["", "洗民委照〔2026〕3号", "洗民委照〔2025〕3号", "洗民告〔2026〕13号", "档-1"])

documents = st.builds(
    IndexDocument,
    key=st.sampled_from([f"paper-{n}" for n in range(12)]),
    kind=st.sampled_from(["paper", "child"]),
    child_uid=st.just("child"),
    names=st.lists(name_text, max_size=3).map(tuple),
    id_numbers=st.lists(id_text, max_size=2).map(tuple),
    phones=st.lists(phone_text, max_size=2).map(tuple),
    document_number=number_text,
    unit_uid=st.sampled_from(["u1", "u2"]),
    village_code=st.sampled_from(["522730101001", "522730101002", "522731"]),
    village_name=st.sampled_from(["平山村", "平寨村", "明山村"]),
    form_code=st.sampled_from(["A2", "A1", "B1"]),
    form_terms=st.sampled_from([("委托监护责任书", "责任书"), ("委托照护确认书",), ()]),
    status=st.sampled_from([s.value for s in PaperStatus]),
    day=st.integers(0, 800).map(lambda n: date(2025, 1, 1) + timedelta(days=n)),
    title=st.sampled_from(["责任书", "花名册", ""]),
    body=body_text,
)

words = st.one_of(
    name_text,
    st.text("张小晓明单解", min_size=1, max_size=4),
    st.text("监护脱离", min_size=1, max_size=4),
    st.text("年20261 监", min_size=2, max_size=5).map(lambda text: text.replace(" ", "")),
    body_text.map(lambda text: text[:5]),
    st.sampled_from(
        [
            "zxm",
            "zhang",
            "zhangxiaoming",
            "ming",
            "shan",
            "jie",
            "xieming",
            "oys",
            "ouyangshan",
            "lvming",
            "luming",
            "a2",
            "ab",
            "anna",
            "annali",
            "522730",
            "5227",
            "1234",
            "234X",
            "522730201603051234",
            "52273020160305",
            "20160305",
            "13800001234",
            "0854-5561234",
            "2026",
            "2025..2026",
            "2025-06",
            "2025-03..2026-01",
            "..2025-05",
            "2026-02-01..",
            "洗民委照[2026]3号",
            "（2026）3号",
            "洗民委照〔2025〕第03号",
            "522730101",
            "522730101001",
            "作废",
            "已归档",
            "平山",
            "明山村",
            "责任书",
            "村:平",
            "村:522730",
            "村:522730101002",
            "表:责任书",
            "表:A2",
            "表:委托",
            "状态:归档",
            "状态:已签",
            "日期:2025",
            "日期:2026年3月",
            "姓名:张明",
            "姓名:zhang",
            "姓名:张晓明",
            "证件:1234",
            "证件:20160305",
            "电话:1234",
            "电话:13800001234",
            "文号:档-1",
            "文号:〔2026〕3号",
            "正文:监护",
            "正文:2026",
            "正文:明",
            "村：平山",
        ]
    ),
)
quoted = words.filter(lambda w: ":" not in w and "：" not in w).map(lambda word: f'"{word}"')
several = st.lists(st.tuples(st.sampled_from(["", "", "", "-"]), st.one_of(words, quoted)), max_size=3).map(
    lambda parts: " ".join(sign + word for sign, word in parts)
)
queries = st.one_of(words, quoted, several)
scopes = st.sampled_from(
    [Scope(units=None), Scope(units=None), Scope(units=frozenset({"u1"})), Scope(units=frozenset())]
)


class IndexMachine(RuleBasedStateMachine):
    """An index beside a plain dictionary."""

    @initialize(first=st.lists(documents, min_size=4, max_size=12))
    def begin(self, first: list[IndexDocument]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.index = Index.create(self.folder / "index")
        self.known: dict[str, IndexDocument] = {}
        self.watermark = 0
        self.change(first, [])

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.index.close()
            shutil.rmtree(self.folder)

    @rule(
        added=st.lists(documents, max_size=6),
        removed=st.lists(st.sampled_from([f"paper-{n}" for n in range(13)]), max_size=2),
    )
    def change(self, added: list[IndexDocument], removed: list[str]) -> None:
        self.watermark += 1
        self.index.apply(added, removed, self.watermark)
        for key in removed:
            self.known.pop(key, None)
        self.known.update({document.key: document for document in added})

    @rule()
    def tidy(self) -> None:
        self.index.tidy()

    @rule()
    def open_again(self) -> None:
        self.index.close()
        self.index = Index.open(self.folder / "index")

    @rule()
    def rebuild(self) -> None:
        self.index.close()
        self.index = Index.rebuild(self.folder / "index", self.known.values(), watermark=self.watermark)

    @rule(texts=st.lists(queries, min_size=5, max_size=12), scope=scopes, size=st.integers(1, 5))
    def ask(self, texts: list[str], scope: Scope, size: int) -> None:
        for text in texts:
            with contextlib.suppress(QueryError):
                self._compare(parse_query(text), scope, size)

    def _compare(self, query: Query, scope: Scope, size: int) -> None:
        exact = {d.key: d for d in self.known.values() if meets(query, d, scope, nearly=False)}
        loose = {d.key: d for d in self.known.values() if meets(query, d, scope, nearly=True)}
        answer = search(self.index, query, scope=scope, limit=100)
        assert {hit.key for hit in answer.hits if not hit.is_near} == exact.keys()
        assert {hit.key for hit in answer.hits} == loose.keys()
        assert (answer.total, answer.near) == (len(loose), len(loose) - len(exact))
        assert len(answer.hits) == answer.total
        assert answer.facets.form == Counter(d.form_code for d in loose.values())
        assert answer.facets.village == Counter(d.village_name for d in loose.values())
        assert answer.facets.status == Counter(d.status for d in loose.values())
        assert answer.facets.year == Counter(str(d.day.year) for d in loose.values())
        by_day = search(self.index, query, scope=scope, limit=100, sort="date", facets=False)
        assert [hit.key for hit in by_day.hits] == sorted(
            loose, key=lambda key: (key not in exact, -loose[key].day.toordinal(), -tie_number(key))
        )
        pages = [
            hit.key
            for offset in range(0, answer.total, size)
            for hit in search(self.index, query, scope=scope, limit=size, offset=offset, facets=False).hits
        ]
        assert pages == [hit.key for hit in answer.hits]

    @invariant()
    def counts_what_is_there(self) -> None:
        if hasattr(self, "known"):
            assert len(self.index) == len(self.known)
            assert self.index.watermark == self.watermark


TestIndexAgainstBruteForce = IndexMachine.TestCase
TestIndexAgainstBruteForce.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
