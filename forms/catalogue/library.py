"""All forms by code: the built-in ones, replaced and joined by the office's own files.

An office adds or replaces a form by putting ``<code>.toml`` into its ``forms`` folder; its own
``groups.toml`` there joins the built-in groups, for its own forms only.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from forms.catalogue.spec_toml import Groups, read_form, read_groups
from forms.errors import NotFoundError
from forms.profiles.wording import LAW_2020, WORDINGS, Wording
from forms.profiles.words import terms
from forms.strict import BadDataFileError, read_toml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from forms.profiles.region import RegionProfile
    from forms.spec import FormSpec

_GROUPS = "groups.toml"


class UnknownFormError(NotFoundError):
    """No form of that code or name."""

    code = "form.unknown"

    def __init__(self, text: str, known: tuple[str, ...]) -> None:
        self.text = text
        super().__init__(f"没有“{text}”这种文书。现有：{'、'.join(known)}。用 docgen form list 可以查看名称。")


class FormLibrary:
    """The forms of one office in one wording."""

    def __init__(self, forms: dict[str, FormSpec], *, own: frozenset[str] = frozenset()) -> None:
        self._forms = dict(sorted(forms.items(), key=lambda item: _order(item[0])))
        self.own = own
        """Codes that come from the office's folder."""

    @classmethod
    def load(
        cls, office_forms: Path | None = None, *, wording: Wording = LAW_2020, profile: RegionProfile | None = None
    ) -> FormLibrary:
        """Read every form.

        Args:
            office_forms: The office's ``forms`` folder; may be missing.
            wording: Whose terms the texts use.
            profile: Whose region words the texts use.

        Raises:
            BadDataFileError: a file cannot be used; names file and key.
        """
        words = terms(wording, profile)
        built_in = files("forms.catalogue")
        groups = read_groups(read_toml(built_in.joinpath(_GROUPS)))
        forms = _read_folder(built_in, groups, words)
        if office_forms is None or not office_forms.is_dir():
            return cls(forms)
        own_groups = office_forms / _GROUPS
        if own_groups.is_file():
            groups = {**groups, **read_groups(read_toml(own_groups))}
        own = _read_folder(office_forms, groups, words)
        return cls({**forms, **own}, own=frozenset(own))

    def get(self, code: str) -> FormSpec:
        """Return a form by code, in capitals or not.

        Raises:
            UnknownFormError: there is none.
        """
        wanted = code.strip()
        for candidate in (wanted, wanted.upper()):
            if candidate in self._forms:
                return self._forms[candidate]
        raise UnknownFormError(wanted, tuple(self._forms))

    def all(self) -> tuple[FormSpec, ...]:
        """Return the forms in catalogue order (A1, A2 … A10, B1 …)."""
        return tuple(self._forms.values())

    def find(self, text: str) -> tuple[FormSpec, ...]:
        """Return the forms a clerk may mean: by code, identifier, title, alias or a part of them, best first."""
        wanted = text.strip().lower()
        ranked: list[tuple[int, FormSpec]] = []
        for spec in self._forms.values():
            names = [spec.code, spec.identifier, *spec.titles.values(), *spec.aliases]
            ranks = [0 if n.lower() == wanted else 1 for n in names if wanted and wanted in n.lower()]
            if ranks:
                ranked.append((min(ranks), spec))
        return tuple(spec for _, spec in sorted(ranked, key=lambda pair: pair[0]))


def _read_folder(folder: Traversable, groups: Groups, words: dict[str, str]) -> dict[str, FormSpec]:
    found: dict[str, FormSpec] = {}
    entries = (f for f in folder.iterdir() if f.name.endswith(".toml") and f.name != _GROUPS)
    for file in sorted(entries, key=lambda f: f.name):
        if file.name.startswith("."):
            continue
        spec = read_form(read_toml(file), groups=groups, words=words)
        if f"{spec.code}.toml" != file.name:
            raise BadDataFileError(file.name, "code", f"写的是“{spec.code}”，文件名应当是 {spec.code}.toml")
        found[spec.code] = spec
    return found


def _order(code: str) -> tuple[str, int, str]:
    """Sort A2 before A10 and B5 before B5a."""
    digits = "".join(c for c in code[1:] if c.isdigit())
    return code[:1], int(digits or 0), code


def all_titles() -> dict[str, tuple[str, ...]]:
    """Return every title and alias of the built-in forms in both wordings, by code, for search."""
    names: dict[str, dict[str, None]] = {}
    for wording in WORDINGS.values():
        for spec in FormLibrary.load(wording=wording).all():
            names.setdefault(spec.code, {}).update(dict.fromkeys((*spec.titles.values(), *spec.aliases)))
    return {code: tuple(found) for code, found in names.items()}
