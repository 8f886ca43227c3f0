"""What can be wrong with a template or with what is put into it, each with its own code.

Names of fields and templates appear in the sentences; values of fields never do, because they are
personal data and the sentence may end up in a log.
"""

from __future__ import annotations

from forms.errors import DataError, TemplateError


class TemplateFileError(TemplateError):
    """The file is not a docx, is broken, or is of a kind that is not accepted."""

    code = "template.file"

    def __init__(self, template: str, *, why: str, way_out: str) -> None:
        self.template = template
        super().__init__(f"模板“{template}”{why}，不能使用。{way_out}")


class TemplateTooLargeError(TemplateFileError):
    """The file, or what it unpacks to, is beyond any paper form: a mistake or a zip bomb."""

    code = "template.too-large"

    def __init__(self, template: str, *, what: str) -> None:
        super().__init__(template, why=what, way_out="请删去模板里用不到的大图片后重新保存。")


class TemplateDoctypeError(TemplateFileError):
    """A part declares a document type; entities could read files or grow without end."""

    code = "template.doctype"

    def __init__(self, template: str, part: str) -> None:
        self.part = part
        super().__init__(
            template,
            why=f"的“{part}”里有文档类型声明（DTD）",
            way_out="正常的 Word 文件没有这种内容，请换用可靠来源的模板。",
        )


class TemplateSyntaxError(TemplateError):
    """A tag cannot be read."""

    code = "template.syntax"

    def __init__(self, template: str, *, where: str, why: str) -> None:
        self.template = template
        self.where = where
        super().__init__(f"模板“{template}”{where}的标记写错了：{why}。请在 Word 里改正后保存。")


class TemplateForbiddenError(TemplateError):
    """A tag does what a template may not do (switch escaping off, load files, reach into the program)."""

    code = "template.forbidden"

    def __init__(self, template: str, *, where: str, what: str) -> None:
        self.template = template
        self.where = where
        super().__init__(f"模板“{template}”{where}用了不允许的写法：{what}。请删去后再用。")


class TemplateMarkupError(TemplateError):
    """The rendered part is not XML: a condition or loop covers half of a paragraph or cell."""

    code = "template.markup"

    def __init__(self, template: str, *, part: str) -> None:
        self.template = template
        self.part = part
        super().__init__(
            f"模板“{template}”填好后“{part}”的结构不完整：某个判断或循环只包住了半个段落或半个单元格。"
            "请让 {% if %} 与 {% endif %}、{% for %} 与 {% endfor %} 成对地放在同一段里，或改用 {%p %}、{%tr %}。"
        )


class MissingNameError(TemplateError):
    """The template asks for a name that was not given; nothing is printed rather than a gap."""

    code = "template.name-missing"

    def __init__(self, template: str, *, name: str, where: str = "") -> None:
        self.template = template
        self.name = name
        self.where = where
        super().__init__(f"模板“{template}”{where}用到了“{name}”，但没有提供这一项。请检查模板里的名称是否写错。")


class RenderFailedError(TemplateError):
    """An expression of the template failed on the values given."""

    code = "template.expression"

    def __init__(self, template: str, *, where: str, why: str) -> None:
        self.template = template
        self.where = where
        super().__init__(f"模板“{template}”{where}的标记无法用这份数据计算（{why}）。请检查模板里的写法。")


class BadCharacterError(DataError):
    """A value holds a character that no docx can hold, so it would be lost."""

    code = "value.character"

    def __init__(self, template: str, *, name: str, character: str) -> None:
        self.template = template
        self.name = name
        self.character = character
        super().__init__(
            f"{_item(name)}里有一个不能写进文书的字符（U+{ord(character):04X}），“{template}”没有生成。"
            "请重新录入这一项。"
        )


class BadValueError(DataError):
    """A value cannot stand where the template puts it."""

    code = "value.unusable"

    def __init__(self, template: str, *, name: str, why: str) -> None:
        self.template = template
        self.name = name
        super().__init__(f"{_item(name)}{why}，“{template}”没有生成。请检查这一项。")


def _item(name: str) -> str:
    return f"“{name}”" if name else "填入的一项内容"
