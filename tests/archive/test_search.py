"""Hits: who comes first, what is counted, where the place is marked, whose papers are seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.fallback import Listed, search_registry
from archive.index import Index, IndexDamagedError, IndexDocument
from archive.query import parse_query
from archive.ranking import first_places
from archive.search import Hits, Scope, find_keys, search
from archive.snippets import make_snippet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def paper(key: str, names: str = "王五", **known: object) -> IndexDocument:
    fields: dict[str, object] = {
        "kind": "paper",
        "child_uid": key,
        "unit_uid": "pingshan",
        "village_code": "522730101001",
        "village_name": "平山村",
        "form_code": "A2",
        "form_terms": ("委托监护责任书", "责任书"),
        "status": "已归档",
        "day": date(2026, 3, 1),
        "title": "农村留守儿童委托监护责任书",
    }
    return IndexDocument(key=key, names=tuple(names.split()), **{**fields, **known})  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.create(tmp_path / "index") as made:
        yield made


def found(index: Index, text: str) -> list[str]:
    return [hit.key for hit in search(index, parse_query(text)).hits]


def test_the_exact_name_comes_before_a_part_before_text_before_a_similar_name(index: Index) -> None:
    index.apply(
        [
            paper("similar", "张小明"),
            paper("text", body="张晓明之父外出务工"),
            paper("longer", "张晓明明"),
            paper("exact", "李四 张晓明"),
            paper("other", "张大明亮"),
        ],
        [],
        1,
    )
    answer = search(index, parse_query("张晓明"))
    assert [hit.key for hit in answer.hits] == ["exact", "longer", "text", "similar"]
    assert (answer.total, answer.near) == (4, 1)
    assert [hit.is_near for hit in answer.hits] == [False, False, False, True]


@pytest.mark.parametrize("typed", ["张小明", "张明", "晓明张", "张晓晓明", "章晓明"])
def test_one_missing_wrong_added_or_moved_character_still_finds_a_name(index: Index, typed: str) -> None:
    index.apply([paper("it", "张晓明")], [], 1)
    assert found(index, typed) == ["it"]


def test_quotation_marks_leave_out_similar_names(index: Index) -> None:
    index.apply([paper("it", "张小明"), paper("apart", "张大明")], [], 1)
    assert found(index, '"张晓明"') == []
    assert found(index, '姓名:"张晓明"') == []
    assert found(index, "张明") == ["apart", "it"] or found(index, "张明") == ["it", "apart"]
    assert found(index, '"张明"') == []
    assert found(index, '"小明"') == ["it"]


@given(st.text("张章王小晓明单解買", min_size=2, max_size=6), st.data())
def test_any_two_characters_of_a_name_in_order_find_it(name: str, data: st.DataObject) -> None:
    from archive.index.tokens import name_tokens
    from archive.normal import fold

    places = data.draw(st.lists(st.integers(0, len(name) - 1), min_size=2, max_size=2, unique=True).map(sorted))
    assert fold("".join(name[at] for at in places)) in name_tokens([name])


@pytest.mark.parametrize(
    "typed",
    [
        "张三",
        "張三",
        "张",
        "三",
        "zs",
        "zhangsan",
        "zhang",
        "san",
        "522730201603051234",
        "522730",
        "52273020160305",
        "20160305",
        "1234",
        "13800001234",
        "5678",
        "洗民委照〔2026〕3号",
        "洗民委照[2026]03号",
        "〔2026〕3号",
        "522730101",
        "522730101001",
        "平山",
        "村:平山",
        "表:责任书",
        "表:A2",
        "a2",
        "状态:归档",
        "2026",
        "2026..",
        "2025..2026",
        "日期:2026-03-01..2026-03-31",
        "不得脱离监护",
        "脱離監護",
        '"不得脱离监护"',
        "监",
        "正文:脱离",
        "委托监护责任书",
        "3号",
        "第三条",
    ],
)
def test_every_way_of_asking_finds_the_paper(index: Index, typed: str) -> None:
    index.apply(
        [
            paper(
                "it",
                "张三",
                id_numbers=("522730201603051234",),
                phones=("13800005678", "13800001234"),
                document_number="洗民委照〔2026〕3号",
                body="依据第三条：儿童不得脱离\n 监护 单独居住（2026）第3号",
            ),
            paper(
                "not",
                "李四",
                status="作废",
                day=date(2024, 1, 1),
                village_code="522731200001",
                village_name="新寨村",
                form_code="B1",
                form_terms=("花名册",),
                title="花名册",
            ),
        ],
        [],
        1,
    )
    assert found(index, typed) == ["it"]


@pytest.mark.parametrize(
    "typed",
    [
        "0194-WS·2026-D30-SSB-0001",
        "0194－ws•2026—D30-ssb-0001",
        "档号:0194-WS.2026-D30-SSB-0001",
        "0194-WS·2026-D30-SSB",
    ],
)
def test_a_reference_code_finds_its_item_however_it_is_typed(index: Index, typed: str) -> None:
    index.apply([paper("it", reference_code="0194-WS·2026-D30-SSB-0001"), paper("not")], [], 1)
    assert found(index, typed) == ["it"]


def test_the_class_of_a_reference_code_finds_all_its_items_and_no_other(index: Index) -> None:
    index.apply([paper(f"p{n}", reference_code=f"0194-WS·202{n % 2}-D10-{n:04}") for n in range(1, 5)], [], 1)
    assert sorted(found(index, "0194-WS·2020-D10")) == ["p2", "p4"]
    assert found(index, "档号:0194-WS·2021-D10-0003") == ["p3"]


def test_a_word_of_digits_is_not_found_inside_a_longer_one(index: Index) -> None:
    index.apply([paper("it", body="编号20261号"), paper("other", body="编号2026号")], [], 1)
    assert found(index, "正文:2026") == ["other"]
    assert found(index, "正文:号2026") == ["other"]
    assert found(index, "正文:号20261") == ["it"]
    assert found(index, "正文:编号2026") == ["other"]


def test_words_must_all_be_met_and_excluded_ones_not(index: Index) -> None:
    index.apply(
        [paper("a", "张三", body="贫困"), paper("b", "张三", status="作废"), paper("c", "李四", body="贫困")], [], 1
    )
    assert found(index, "张三 贫困") == ["a"]
    assert found(index, "张三 -作废") == ["a"]
    assert found(index, "-张三") == ["c"]
    assert found(index, "贫困 -表:责任书") == []


def test_newest_come_first_when_sorted_by_day_and_pages_fit_together(index: Index) -> None:
    index.apply([paper(f"p{n}", day=date(2026, 1, 1) + timedelta(days=n % 7)) for n in range(50)], [], 1)
    index.apply([paper(f"q{n}", day=date(2026, 1, 1) + timedelta(days=n % 5)) for n in range(50)], ["p3"], 2)
    query = parse_query("王五")
    whole = search(index, query, sort="date", limit=200)
    assert [hit.day for hit in whole.hits] == sorted((hit.day for hit in whole.hits), reverse=True)
    pages = [search(index, query, sort="date", limit=7, offset=offset).hits for offset in range(0, 99, 7)]
    assert [hit.key for page in pages for hit in page] == [hit.key for hit in whole.hits]
    before = [hit.key for hit in whole.hits]
    index.tidy()
    assert [hit.key for hit in search(index, query, sort="date", limit=200).hits] == before


def test_facets_count_all_hits_and_not_only_those_shown(index: Index) -> None:
    index.apply(
        [paper(f"p{n}", day=date(2024 + n % 3, 1, 1), status=("已归档", "作废")[n % 2]) for n in range(12)]
        + [paper("x", "李四", village_name="新寨村", form_code="B1")],
        [],
        1,
    )
    answer = search(index, parse_query("王五"), limit=1)
    assert len(answer.hits) == 1
    assert answer.facets.form == {"A2": 12}
    assert answer.facets.village == {"平山村": 12}
    assert answer.facets.year == {"2024": 4, "2025": 4, "2026": 4}
    assert answer.facets.status == {"作废": 6, "已归档": 6}


def test_what_lies_outside_the_scope_is_neither_shown_nor_counted(index: Index) -> None:
    index.apply([paper("own"), paper("foreign", unit_uid="xinzhai", village_name="新寨村", form_code="B1")], [], 1)
    answer = search(index, parse_query("王五"), scope=Scope(units=frozenset({"pingshan"})))
    assert ([hit.key for hit in answer.hits], answer.total) == (["own"], 1)
    assert (answer.facets.village, answer.facets.form) == ({"平山村": 1}, {"A2": 1})
    assert search(index, parse_query(""), scope=Scope(units=frozenset())).total == 0
    assert find_keys(index, parse_query("-李四"), scope=Scope(units=frozenset({"xinzhai"}))).keys == ("foreign",)


def test_the_met_place_is_marked_in_the_text_as_it_stands(index: Index) -> None:
    index.apply([paper("it", body="不 得脱離\n监护")], [], 1)
    text = "依照规定，儿童不 得脱離\n监护单独居住。" + "其他内容" * 50
    (hit,) = search(index, parse_query("不得脱离监护"), text_of=lambda _: text).hits
    assert [hit.snippet.text[start:stop] for start, stop in hit.snippet.marks] == ["不 得脱離 监护"]
    assert hit.snippet.text.endswith("…")


@given(
    st.text(st.sampled_from("不得脱離监护 \n，ab1（"), max_size=300),
    st.text(st.sampled_from("不得脱离监护ab"), min_size=1, max_size=4),
)
def test_marks_lie_within_the_snippet_in_order(text: str, word: str) -> None:
    snippet = make_snippet(text, parse_query(f"正文:{word}"))
    edges = [at for mark in snippet.marks for at in mark]
    assert edges == sorted(edges)
    assert all(0 <= start < stop <= len(snippet.text) for start, stop in snippet.marks)
    assert len(snippet.text) <= 82


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 1 << 60)), unique_by=lambda row: row[2], max_size=60
    ),
    st.integers(1, 70),
)
def test_the_first_rows_are_those_of_a_full_sort(rows: list[tuple[bool, int, int]], count: int) -> None:
    if not rows:
        return
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    expected = sorted(rows, reverse=True)[:count]
    assert [rows[at] for at in first_places(columns, count)] == expected


def test_damage_met_while_searching_is_reported_as_damage(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with Index.create(folder) as index:
        index.apply([paper(f"p{n}") for n in range(40)], [], 1)
    (path,) = folder.glob("*.seg")
    good = path.read_bytes()
    reported = 0
    for at in range(12, len(good), 97):
        path.write_bytes(good[:at] + bytes((good[at] ^ 0xFF,)) + good[at + 1 :])
        try:
            with Index.open(folder) as index:
                search(index, parse_query("王五 责任书"))
        except IndexDamagedError:
            reported += 1
    assert reported  # many bytes change no answer; none may end in another exception


# ---------------------------------------------------------------- without the index


class Register:
    """Two rows of a registry."""

    rows = (
        Listed(
            key="a",
            kind="paper",
            unit_uid="pingshan",
            village_code="522730101001",
            village_name="平山村",
            form_code="A2",
            status="已归档",
            day=date(2026, 3, 1),
        ),
        Listed(
            key="b",
            kind="paper",
            unit_uid="xinzhai",
            village_code="522730101002",
            village_name="新寨村",
            form_code="A1",
            status="作废",
            day=date(2025, 3, 1),
        ),
    )

    def by_name(self, name: str) -> Iterable[Listed]:
        return self.rows if name == "张三" else ()

    def by_id_number(self, number: str) -> Iterable[Listed]:
        return self.rows[:1] if number == "52273020160305123X" else ()

    def by_document_number(self, number: str) -> Iterable[Listed]:
        return self.rows[1:] if number == "洗民委照〔2026〕3号" else ()

    def by_reference_code(self, code: str) -> Iterable[Listed]:
        return self.rows[1:] if code == "0194-ws·2026-d30-ssb-0001" else ()


def fall_back(text: str, *, scope: Scope | None = None) -> Hits:
    return search_registry(Register(), parse_query(text), scope=scope or Scope(units=None))


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("张三", ["a", "b"]),
        ("张三 -作废", ["a"]),
        ("张三 村:新寨", ["b"]),
        ("张三 表:A2", ["a"]),
        ("张三 2025", ["a", "b"]),
        ("张三 日期:2025", ["b"]),
        ("52273020160305123x", ["a"]),
        ("洗民委照[2026]3号", ["b"]),
        ("张三 洗民委照[2026]3号", ["b"]),
        ("0194-WS.2026-D30-SSB-0001", ["b"]),
        ("李四", []),
    ],
)
def test_names_and_numbers_are_found_without_the_index(typed: str, keys: list[str]) -> None:
    answer = fall_back(typed)
    assert ([hit.key for hit in answer.hits], answer.total) == (keys, len(keys))
    assert answer.from_registry


def test_what_could_not_be_looked_at_is_named() -> None:
    assert fall_back("张三 zs -李四").not_searched == ("zs", "李四")
    assert fall_back("zs 村:平山").not_searched == ("zs", "平山")
    assert fall_back("zs").total == 0


def test_the_scope_holds_without_the_index() -> None:
    assert [hit.key for hit in fall_back("张三", scope=Scope(units=frozenset({"xinzhai"}))).hits] == ["b"]
