"""The TOML of a form that an office starts itself: small, whole, and with a line of help at each part."""

from __future__ import annotations

_TEXT = """# 本单位自己的表。改好以后运行：docgen form check {code}
# 栏目的写法见 docgen form show A1；类型有 text long_text date bool enum multi int money id_number name phones address …
code = "{code}"
identifier = "{identifier}"
aliases = []
purpose = "{title}。"
subject = "child"                      # child 一个孩子一份；unit 一个村一份；person 一个大人一份
issuers = ["村（居）民委员会", "镇（街道）"]
series = "registration"                # 文号用哪一类的字，见 office.toml 的 [numbers]；不编号的写 ""
dossier_order = 90
retention = "D30"
signed_field = "signed_on"
rules = ["REF-10", "REF-11", "REF-17", "REF-22", "WRN-14"]
sources = ["office"]

[titles]
plan_2016 = "{title}"
law_2020 = "{title}"

[[groups]]
use = "head"

[[groups]]
use = "child"
only = [
  "child_uid", "child_name", "child_gender", "child_birth",
  "child_id_type", "child_id_number", "hukou_registered", "residence",
]
[groups.change.child_id_type]
printed = false
[groups.change.hukou_registered]
printed = false

[[groups]]
key = "own"
title = "办理内容"
fields = [
  {{ name = "matter", title = "事项", type = "text", required = "always", pen = true, rules = ["REF-10"] }},
  {{ name = "details", title = "情况", type = "long_text", pen = true, max_length = 600, rules = ["REF-10"] }},
  {{ name = "signed_on", title = "签字日期", type = "date", required = "always", pen = true, rules = ["REF-22"] }},
]

[[signers]]
role = "handler"
title = "经办人"
name_field = "filler"
seal = "village"

[[copies]]
key = "file"
recipient = "office"
title = "本单位存"

[[links]]
target = "child"
role = "subject"
"""


def starter_form(code: str, title: str) -> str:
    """Return the TOML of a new form."""
    plain = title.replace("\\", "").replace('"', "“").strip()
    return _TEXT.format(code=code, identifier=f"own_{code.lower()}", title=plain)
