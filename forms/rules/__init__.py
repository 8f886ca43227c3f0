"""Every rule by its code: the explicit table. A form names the codes it obeys."""

from __future__ import annotations

from forms.law.sources import cite
from forms.rules import (
    care,
    care_more,
    consistency,
    identity,
    notes,
    protection,
    protection_forms,
    reports,
    rosters,
    rosters_more,
    school,
    signing,
    summary,
)
from forms.rules.base import Finding, Rule

__all__ = ["RULES", "VALUE_RULES", "Finding", "Rule"]

_MINORS_21 = cite("minors", "第二十一条")
_MINORS_22 = cite("minors", "第二十二条")
_OFFICE = cite("office")

_ALL = (
    Rule(
        code="REF-01",
        title="有未成年人保护法第二十二条第三款情形的人不得担任被委托人；核查未完不得签。",
        citations=(_MINORS_22,),
        check=care.ref_01,
    ),
    Rule(
        code="REF-02",
        title="被委托人应当具有完全民事行为能力；未满18周岁的，按本系统规则拒绝。",
        citations=(_MINORS_22, cite("civil", "第十七条"), cite("civil", "第十八条"), _OFFICE),
        check=care.ref_02,
    ),
    Rule(
        code="REF-03",
        title="患有严重传染性疾病或者有其他不适宜情形的人不得照护。",
        citations=(_MINORS_21,),
        check=care.ref_03,
    ),
    Rule(code="REF-04", title="没有正当理由不得委托。", citations=(_MINORS_22,), check=care.ref_04),
    Rule(
        code="REF-05",
        title="能表达意愿的儿童，确定被委托人前要听取其意见。",
        citations=(cite("minors", "第十九条"), _MINORS_22),
        check=care.ref_05,
    ),
    Rule(
        code="REF-05-ASKER",
        title="听取意见的人不能是被委托人、父母等有利害关系的人。",
        citations=(cite("minors", "第十九条"), _OFFICE),
        check=care.wrong_asker,
    ),
    Rule(
        code="REF-06",
        title="评估合格并在有效期内，才能签确认书、责任书。",
        citations=(cite("plan_longli"), cite("plan_shouxian"), cite("minors", "第四十三条")),
        check=care.ref_06,
    ),
    Rule(
        code="REF-07",
        title="父母不能作为被委托人；应急联系人不能只是被委托人。",
        citations=(_OFFICE,),
        check=care.ref_07,
    ),
    Rule(
        code="REF-08",
        title="父母都不能委托的，不适用委托照护。",
        citations=(cite("civil", "第二十七条"), cite("civil", "第三十一条"), cite("civil", "第三十二条")),
        check=care.ref_08,
    ),
    Rule(
        code="REF-09",
        title="被委托人或者照护地点的成年人涉嫌侵害未成年人的，不得安置。",
        citations=(_MINORS_21, _MINORS_22),
        check=care.ref_09,
    ),
    Rule(
        code="REF-10",
        title="不得约定转移监护责任、免除父母责任、被委托人当然连带、不得报警报告。",
        citations=(
            cite("civil", "第三十四条"),
            cite("civil", "第三十五条"),
            cite("civil", "第一千一百八十九条"),
            cite("minors", "第十一条"),
        ),
        check=signing.ref_10,
    ),
    Rule(code="REF-11", title="只有有权的单位才能出具。", citations=(_OFFICE,), check=signing.ref_11),
    Rule(
        code="REF-12",
        title="截止日已满16周岁的，不列入留守儿童名册。",
        citations=(cite("civil", "第二百零一条"), cite("civil", "第二百零二条"), cite("plan_longli")),
        check=rosters.ref_12,
    ),
    Rule(
        code="REF-14",
        title="公民身份号码要符合国家标准。",
        citations=(cite("gb11643"),),
        check=identity.ref_14,
    ),
    Rule(
        code="REF-17",
        title="不得引用已经废止的法律。",
        citations=(cite("civil", "第一千二百六十条"),),
        check=signing.ref_17,
    ),
    Rule(code="REF-22", title="没有签字扫描件的，不算已签。", citations=(_OFFICE,), check=signing.ref_22),
    Rule(
        code="REF-25",
        title="代签要有本人捺印、见证人和理由；工作人员不得代父母签字。",
        citations=(cite("civil", "第四百九十条"),),
        check=signing.ref_25,
    ),
    Rule(
        code="REF-26",
        title="父母双方能签的，不得只由一方签；单方签署要有属实的理由。",
        citations=(_MINORS_22, cite("civil", "第一千零五十八条")),
        check=signing.ref_26,
    ),
    Rule(
        code="REF-27",
        title="责任书要和确认书的当事人、期限一致，不早于确认书。",
        citations=(_OFFICE,),
        check=signing.ref_27,
    ),
    Rule(
        code="V-ID-MATCH",
        title="出生日期、性别要和公民身份号码一致。",
        citations=(cite("gb11643"), _OFFICE),
        check=identity.id_match,
    ),
    Rule(
        code="X-02", title="无人监护与没有被委托人互为条件。", citations=(_MINORS_21, _OFFICE), check=consistency.x_02
    ),
    Rule(code="X-04", title="未登记户口的儿童没有公民身份号码。", citations=(_OFFICE,), check=identity.x_04),
    Rule(code="X-06", title="登记为已去世的人不能作为被委托人。", citations=(_OFFICE,), check=consistency.x_06),
    Rule(
        code="X-07",
        title="父母都不能履行监护职责的，转为其他类别办理。",
        citations=(cite("civil", "第二十七条"), cite("civil", "第三十二条")),
        check=consistency.x_07,
        blocking=False,
    ),
    Rule(code="X-08", title="互相矛盾的登记内容。", citations=(_OFFICE,), check=consistency.x_08, blocking=False),
    Rule(
        code="X-10", title="日期先后：评估、签字、委托期限。", citations=(_MINORS_22, _OFFICE), check=consistency.x_10
    ),
    Rule(
        code="X-14", title="兄弟姐妹分开照护、分开居住。", citations=(_OFFICE,), check=consistency.x_14, blocking=False
    ),
    Rule(
        code="A1-DUTIES", title="责任事项要全部确认。", citations=(_MINORS_22, _OFFICE), check=consistency.duties_ticked
    ),
    Rule(
        code="A5-RESULT",
        title="有不得委托情形的，评估结论只能是不合格；有效期不超过12个月。",
        citations=(_MINORS_21, _MINORS_22),
        check=consistency.assessment_result,
    ),
    Rule(
        code="B2-PATTERN",
        title="双方外出与一方外出另一方无监护能力只能有一项为是。",
        citations=(_OFFICE,),
        check=consistency.exactly_one_pattern,
    ),
    Rule(
        code="ROSTER-DUPLICATE", title="同一名儿童在名册里只能有一行。", citations=(_OFFICE,), check=rosters.duplicates
    ),
    Rule(
        code="ROSTER-GAPS",
        title="未采集的项目计数并如实印出。",
        citations=(_OFFICE,),
        check=rosters.gaps,
        blocking=False,
    ),
    Rule(
        code="WRN-01",
        title="被委托人70岁以上，或者60岁以上独自照护3岁以下儿童。",
        citations=(_OFFICE,),
        check=notes.wrn_01,
        blocking=False,
    ),
    Rule(
        code="WRN-02",
        title="一人照护3名以上儿童，或者兄弟姐妹分开。",
        citations=(_OFFICE,),
        check=notes.wrn_02,
        blocking=False,
    ),
    Rule(code="WRN-03", title="照护地点与登记的住址不一致。", citations=(_OFFICE,), check=notes.wrn_03, blocking=False),
    Rule(
        code="WRN-04",
        title="委托期限超过12个月，或者在学期中结束。",
        citations=(_OFFICE,),
        check=notes.wrn_04,
        blocking=False,
    ),
    Rule(code="WRN-05", title="被委托人自己需要照料。", citations=(_OFFICE,), check=notes.wrn_05, blocking=False),
    Rule(
        code="WRN-06",
        title="父母联系不上，或者电话同意与登记矛盾。",
        citations=(cite("minors", "第二十三条"), _OFFICE),
        check=notes.wrn_06,
        blocking=False,
    ),
    Rule(
        code="WRN-09",
        title="儿童不同意拟定的安排。",
        citations=(cite("minors", "第十九条"), _MINORS_22),
        check=care.child_disagrees,
        blocking=False,
    ),
    Rule(
        code="WRN-12",
        title="文书30日内到期；儿童30日内满8、14、16、18周岁。",
        citations=(_OFFICE,),
        check=notes.wrn_12,
        blocking=False,
    ),
    Rule(
        code="WRN-14",
        title="有打印字体里没有的字。",
        citations=(cite("gb18030"),),
        check=identity.missing_glyphs,
        blocking=False,
    ),
    Rule(
        code="WRN-15",
        title="填表人、复核人、负责人应当是不同的人。",
        citations=(_OFFICE,),
        check=identity.same_clerk,
        blocking=False,
    ),
)
_TABLES = (
    _ALL,
    care_more.RULES,
    rosters_more.RULES,
    protection.RULES,
    protection_forms.RULES,
    school.RULES,
    reports.RULES,
    summary.RULES,
)
RULES: dict[str, Rule] = {rule.code: rule for table in _TABLES for rule in table}

VALUE_RULES: dict[str, str] = {
    "V-NAME": "姓名照户口簿逐字填写，少数民族姓名的间隔号统一为“·”，不截断、不替换。",
    "V-ID": "公民身份号码18位，出生日期在日历上存在，校验码正确；15位旧号码不收。",
    "V-ID-TYPE": "没有登记户口的儿童没有号码，档案用内部编号。",
    "V-PHONE": "手机11位，座机带区号；没有电话写“无”。",
    "V-DATE": "日期写到日，印成“2026年11月5日”；签字日期不得晚于当天、不得早于文书生成日。",
    "V-DOCNO": "文号由机关代字、〔年份〕、序号组成，每个号只用一次，作废的号不再用。",
    "V-COPY": "每份原件有持有人；要回执的，回执到齐才算办结。",
    "V-SIGN3": "单位负责人、复核人、填表人三个名字，填表人和复核人不是同一个人。",
    "V-UNDER16": "留守儿童指截止日未满16周岁的儿童；生日次日起算满。",
    "V-DASH": "已去世的亲属写“—”；空着表示还没有采集。",
}
"""What is held by the values themselves and by the printing, and not by a rule of its own."""
