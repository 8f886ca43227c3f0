"""One office folder opened: the only place that joins the engine with the archive.

`Workspace` is what a command line, a web desk or a server stands on. It never prints, asks or
exits; progress is a callback, refusals are exceptions, findings are problems.
"""

from docgen.workspace.desks import Workspace
from docgen.workspace.office.founding import init_office
from docgen.workspace.office.opened import Actor, find_office

__all__ = ["Actor", "Workspace", "find_office", "init_office"]
