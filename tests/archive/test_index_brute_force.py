"""Whatever is added, changed and deleted, the index answers exactly what reading every document would."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from archive.index import Index, IndexDocument
from archive.index.schema import tie_number
from archive.query import Query, QueryError, parse_query
from archive.search import Scope, search
from bench.search_truth import meets
from forms.values.enums import PaperStatus

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
