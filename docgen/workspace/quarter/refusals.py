"""Why a package is not taken: one class a cause, each with its own code (验包不通过的原因).

What must stay true: a refused package changes nothing here, and the file that came stays where it lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.errors import DataError, RefusedError

if TYPE_CHECKING:
    from forms.quarter.period import Period

_KEPT = "没有采用，原文件没有动。"


class NotAPackageError(DataError):
    """The file is no package at all."""

    code = "package.unreadable"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”不是报送包，{_KEPT}请核对是否选对了文件；报送包是对方生成的 zip 文件，不要解开。")


class NewerPackageError(DataError):
    """A newer program made it."""

    code = "package.newer"

    def __init__(self) -> None:
        super().__init__(f"报送包由更新版本的程序生成，{_KEPT}请先升级本单位的程序，再接收一次。")


class PackageUnsafeError(RefusedError):
    """Unpacking it could write outside its folder, or follow a link."""

    code = "package.unsafe"

    def __init__(self, why: str) -> None:
        super().__init__(f"报送包里有不安全的内容（{why}），{_KEPT}请向报送单位查明来源，重新要一份。")


class PackageTooLargeError(RefusedError):
    """Far more would come out than is plausible."""

    code = "package.bomb"

    def __init__(self) -> None:
        super().__init__(f"报送包解开后大得不正常，{_KEPT}请向报送单位查明来源，重新要一份。")


class PackageDamagedError(RefusedError):
    """A file of the package cannot be unpacked as it was packed."""

    code = "package.damaged"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"报送包里的“{path}”在传送中损坏，{_KEPT}请用原来的 U 盘再拷一次，或请对方重新发送。")


class MissingFileError(RefusedError):
    """A file that was signed is not there."""

    code = "package.file-missing"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"报送包少了“{path}”，与签名时不一致，{_KEPT}请请报送单位重新生成一份。")


class ExtraFileError(RefusedError):
    """A file is there that was not signed."""

    code = "package.file-extra"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"报送包多出“{path}”，签名时没有这个文件，{_KEPT}请请报送单位重新生成一份。")


class AlteredFileError(RefusedError):
    """The bytes of a file are not those that were signed."""

    code = "package.file-altered"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"报送包里的“{path}”在签名以后被改动过，{_KEPT}请向报送单位查明，重新要一份。")


class AlteredRowError(RefusedError):
    """Rows of the roster or the table are not those that were signed."""

    code = "package.row-altered"

    def __init__(self, path: str, *, changed: int, signed: int, found: int) -> None:
        self.path = path
        how = f"签名时 {signed} 行，现在 {found} 行" if signed != found else f"第 {changed} 行与签名时不同"
        super().__init__(f"报送包里的“{path}”被人改过（{how}），{_KEPT}请向报送单位查明，重新要一份。")


class AlteredStatementError(RefusedError):
    """The statement was changed after signing, or the signature is not the key's."""

    code = "package.signature"

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"报送包的签名与内容不符（自称“{unit}”），单位、期间、版次或清单在签名以后被改动过，{_KEPT}"
            "请向报送单位查明，重新要一份。"
        )


class UnknownKeyError(RefusedError):
    """Signed by a key that nobody here has compared."""

    code = "package.key-unknown"

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"报送包由“{unit}”签名，本单位还没有登记它的公钥，{_KEPT}"
            "请向对方要公钥文件，用 docgen quarter keys add 登记，电话核对后再接收。"
        )


class OtherKeyError(RefusedError):
    """Signed in the name of a known unit with another key than the one compared."""

    code = "package.key-other"

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"报送包自称“{unit}”，但签名用的不是登记过的密钥，{_KEPT}"
            "可能有人冒名。请打电话问对方：确实换了密钥的，重新核对登记；没有换的，不要使用这个文件。"
        )


class WrongAddresseeError(RefusedError):
    """The package is for somebody else."""

    code = "package.addressee"

    def __init__(self, recipient: str, own: str) -> None:
        super().__init__(
            f"这个报送包是给“{recipient}”的，不是给“{own}”的，{_KEPT}"
            "请退给报送单位；给各单位的内容不同，不能互相代收（个人信息保护法 第六条）。"
        )


class WrongSenderError(RefusedError):
    """A unit of this level has no business sending this."""

    code = "package.sender"

    def __init__(self, unit: str, what: str) -> None:
        super().__init__(
            f"“{unit}”不是应当报送{what}的单位，{_KEPT}请核对报送关系（镇街报县，县报州市；教育、公安报核实）。"
        )


class WrongPeriodError(RefusedError):
    """Table, roster and statement do not speak about one period, or not about the one asked for."""

    code = "package.period"

    def __init__(self, found: str, wanted: Period | str) -> None:
        super().__init__(f"报送包的统计区间是 {found}，应当是 {wanted}，{_KEPT}请请报送单位重新生成一份。")


class ReplayedPackageError(RefusedError):
    """An older version than the one that is here."""

    code = "package.replayed"

    def __init__(self, unit: str, version: int, newest: int) -> None:
        super().__init__(
            f"这是“{unit}”的第 {version} 版，本单位已经收到第 {newest} 版，旧版不能顶替新版，{_KEPT}"
            "请核对是否拷错了文件。旧版仍可用 docgen quarter state 查看。"
        )


class ConflictingVersionError(RefusedError):
    """Two different tables under one version number."""

    code = "package.conflict"

    def __init__(self, unit: str, version: int) -> None:
        super().__init__(
            f"“{unit}”的第 {version} 版已经收到过，这一份内容不同而版次相同，{_KEPT}"
            "更正应当作为新的一版报送，写明更正说明。请请报送单位查明。"
        )


class BrokenChainError(RefusedError):
    """A new version names another predecessor than the one that is here."""

    code = "package.chain"

    def __init__(self, unit: str, version: int) -> None:
        super().__init__(
            f"“{unit}”的第 {version} 版所接的上一版，不是本单位收到的那一版，{_KEPT}请请报送单位查明，重新生成。"
        )


class NotOursError(RefusedError):
    """A reply about a table that is not here, or not in this version."""

    code = "package.unrelated"

    def __init__(self, unit: str, version: int) -> None:
        super().__init__(
            f"报送包说的是“{unit}”的第 {version} 版汇总表，本单位没有这一版，{_KEPT}请核对是哪一版的回复。"
        )


class InconsistentTableError(RefusedError):
    """The figures are not those of the roster that came with them (R-17)."""

    code = "package.figures"

    def __init__(self, column: str, reported: str, counted: str) -> None:
        super().__init__(
            f"报送包里汇总表的 {column} 是 {reported}，从随附的名册数出来是 {counted}，{_KEPT}"
            "汇总表只能由名册计算得出（R-17）。请请报送单位重新生成。"
        )
