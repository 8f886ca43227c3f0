"""Sealing with age (https://age-encryption.org/v1): recipients, keys, a key kept under a passphrase.

The desk that makes backups needs the recipient only; the key that opens them may lie in a safe. A passphrase
is never used on the data itself: it seals a key file, as the age tools do it, so the passphrase is needed for
restoring and not for every nightly run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyrage

from archive.backup.errors import BackupKeyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

_MARK = b"age-encryption.org/v1"


def new_key() -> tuple[str, bytes]:
    """Return a new recipient (``age1…``) and the bytes of the key file that opens what is sealed for it."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    return recipient, f"# public key: {recipient}\n{identity}\n".encode()


def seal_key(key: bytes, passphrase: str) -> bytes:
    """Return a key file under a passphrase, as ``age -p`` makes it."""
    sealed: bytes = pyrage.passphrase.encrypt(key, passphrase)
    return sealed


def open_key(data: bytes, passphrase: str = "") -> tuple[str, ...]:
    """Return the secret keys in a key file.

    Raises:
        BackupKeyError: it holds none, or the passphrase is not the one.
    """
    if data.startswith(_MARK):
        try:
            data = pyrage.passphrase.decrypt(data, passphrase)
        except pyrage.DecryptError:
            raise BackupKeyError("口令不对，打不开密钥文件") from None
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    keys = tuple(line for line in lines if line.startswith("AGE-SECRET-KEY-"))
    if not keys:
        raise BackupKeyError("密钥文件里没有 AGE-SECRET-KEY 开头的密钥")
    return keys


def recipients_of(keys: Sequence[str]) -> tuple[str, ...]:
    """Return whom to seal for so that these keys open it."""
    return tuple(str(pyrage.x25519.Identity.from_str(key).to_public()) for key in keys)


def check_recipients(recipients: Sequence[str]) -> tuple[str, ...]:
    """Return the recipients if each is one.

    Raises:
        BackupKeyError: one is not an age recipient.
    """
    for text in recipients:
        _recipient(text)
    return tuple(recipients)


def seal(source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
    """Seal a stream; memory does not grow with it."""
    pyrage.encrypt_io(source, target, [_recipient(text) for text in recipients])


def unseal(source: BinaryIO, target: BinaryIO, keys: Sequence[str]) -> None:
    """Open a sealed stream.

    Raises:
        BackupKeyError: none of the keys opens it.
        ValueError: it is damaged.
    """
    try:
        pyrage.decrypt_io(source, target, [pyrage.x25519.Identity.from_str(key) for key in keys])
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise BackupKeyError("这把密钥打不开这份备份") from None
        raise ValueError(str(error)) from error
    except pyrage.IdentityError:
        raise BackupKeyError("密钥文件里的密钥写得不对") from None


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BackupKeyError(f"“{text}”不是 age1 开头的公钥") from None
