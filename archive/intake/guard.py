"""A child process that parses what nobody has looked at yet: if it runs wild, only it dies.

Memory and CPU limits where the system has them (RLIMIT_AS, RLIMIT_CPU); everywhere, Windows
too, the parent kills a child that stays silent for too long. Items come back one by one, so
what was finished before a death is kept.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from typing import TYPE_CHECKING, Any, TypeVar

from forms.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from archive.intake.limits import Limits

T = TypeVar("T")

_THREADS = "OPENBLAS_NUM_THREADS"
"""Read by numpy when it is loaded. Its products here are small: a second thread waits in a loop for most of its
life, a quarter of the CPU of a page, on the core that the clerk works on."""


class ChildDiedError(Exception):
    """The child crashed, or was stopped for time or memory; never shown to a user as it is."""


def guarded(produce: Callable[..., Iterator[T]], *args: Any, limits: Limits) -> Iterator[T]:
    """Run a generator in a child process and yield what it yields.

    Args:
        produce: A function of a module (the child imports it by name).
        args: Its arguments, picklable.
        limits: What one item may cost in time, and the child in memory.

    Raises:
        ChildDiedError: The child ended before it was done.
        AppError: Whatever the generator itself raised.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(theirs, limits, produce, args), daemon=True)
    with _one_thread():
        child.start()
    theirs.close()
    try:
        patience = limits.start_seconds
        while True:
            if not ours.poll(patience):
                raise ChildDiedError("silent")
            try:
                kind, content = ours.recv()
            except (EOFError, OSError) as error:
                raise ChildDiedError("gone") from error
            if kind == "end":
                return
            if kind == "refused":
                raise _rebuilt(*content)
            if kind == "died":
                raise ChildDiedError(content)
            yield content
            patience = limits.page_seconds
    finally:
        ours.close()
        child.join(0.2)
        if child.is_alive():
            child.kill()
            child.join()
        child.close()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let a child inherit one thread for numpy's products, unless the office has said another number."""
    is_said = _THREADS in os.environ
    os.environ.setdefault(_THREADS, "1")
    try:
        yield
    finally:
        if not is_said:
            del os.environ[_THREADS]


def _run(pipe: Connection, limits: Limits, produce: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
    limit_memory(limits.memory_bytes)
    try:
        limit_processor(limits.start_seconds)
        for item in produce(*args):
            pipe.send(("item", item))
            limit_processor(limits.page_seconds)
        pipe.send(("end", None))
    except AppError as error:
        pipe.send(("refused", (type(error), error.args, error.__dict__)))
    except (BrokenPipeError, KeyboardInterrupt):
        return  # the parent has gone or is going
    except Exception as error:  # noqa: BLE001 - a parser may raise anything; its type is all we pass on
        pipe.send(("died", type(error).__name__))
    finally:
        pipe.close()


def _rebuilt(kind: type[AppError], args: tuple[Any, ...], attributes: dict[str, Any]) -> AppError:
    """Make the same error again; its constructor takes other arguments than `args`."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


def limit_memory(size: int) -> None:
    """Hold this process to an address space of so many bytes, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the time limit remains
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def limit_processor(seconds: float) -> None:
    """Allow this process so many more seconds of CPU time from now, where the system can."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
