"""`Workspace`: an open office with its desks, each built when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from docgen.workspace.office.opened import Actor, Office, local_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from docgen.workspace.cases.desk import CaseDesk
    from docgen.workspace.cases.serving import ServiceDesk
    from docgen.workspace.duties.desk import DutyDesk
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.intake.deciding import DecidingDesk
    from docgen.workspace.intake.filing import FilingDesk
    from docgen.workspace.intake.recognising import TextDesk
    from docgen.workspace.intake.recording import RecordDesk
    from docgen.workspace.keeping.adopting import AdoptionDesk
    from docgen.workspace.keeping.binding import BindingDesk
    from docgen.workspace.keeping.describing import DescribingDesk
    from docgen.workspace.keeping.disposing import DisposalDesk
    from docgen.workspace.keeping.dossiers import DossierDesk
    from docgen.workspace.keeping.transferring import TransferDesk
    from docgen.workspace.own_forms.desk import FormDesk
    from docgen.workspace.papers.desk import PaperDesk
    from docgen.workspace.people.desk import PeopleDesk
    from docgen.workspace.people.units import UnitDesk
    from docgen.workspace.quarter.desk import QuarterDesk
    from docgen.workspace.quarter.printing import QuarterPrinter
    from docgen.workspace.quarter.table_desk import TableDesk
    from docgen.workspace.safety.checking import CheckDesk
    from docgen.workspace.safety.desk import SafetyDesk


class Workspace(Office):
    """An open office with its desks.

    A desk takes the office and, by name, the few other desks that it needs; which those are stands here and nowhere
    else. Modules are imported with the desk, so that what is not asked for costs nothing.
    """

    @classmethod
    def open(cls, folder: Path, *, actor: Actor | None = None, clock: Callable[[], datetime] = local_now) -> Self:
        """Open an office folder and finish what a crash interrupted.

        Raises:
            NotAnOfficeError: no office.toml there.
            SettingsError: office.toml or the secret cannot be used.
            ArchiveBrokenError: registry or store cannot be opened.
        """
        workspace = super().open(folder, actor=actor, clock=clock)
        try:
            workspace.recover()
        except BaseException:
            workspace.close()
            raise
        return workspace

    def recover(self) -> None:
        """Finish or forget what a crash left between store and registry."""
        from docgen.workspace.keeping.destroying import carry_through
        from docgen.workspace.papers.journal import recover

        recover(self)
        carry_through(self)

    @cached_property
    def people(self) -> PeopleDesk:
        """人员."""
        from docgen.workspace.people.desk import PeopleDesk

        return PeopleDesk(self)

    @cached_property
    def units(self) -> UnitDesk:
        """单位."""
        from docgen.workspace.people.units import UnitDesk

        return UnitDesk(self)

    @cached_property
    def own_forms(self) -> FormDesk:
        """本单位自己的表."""
        from docgen.workspace.own_forms.desk import FormDesk

        return FormDesk(self)

    @cached_property
    def papers(self) -> PaperDesk:
        """Making papers."""
        from docgen.workspace.papers.desk import PaperDesk

        return PaperDesk(self, cases=self.cases, finding=self.finding)

    @cached_property
    def filing(self) -> FilingDesk:
        """Taking signed scans back."""
        from docgen.workspace.intake.filing import FilingDesk

        return FilingDesk(self, finding=self.finding)

    @cached_property
    def deciding(self) -> DecidingDesk:
        """What a person decides about the desk."""
        from docgen.workspace.intake.deciding import DecidingDesk

        return DecidingDesk(self, filing=self.filing, finding=self.finding)

    @cached_property
    def recognising(self) -> TextDesk:
        """Text of pages that are not ours."""
        from docgen.workspace.intake.recognising import TextDesk

        return TextDesk(self, finding=self.finding)

    @cached_property
    def recording(self) -> RecordDesk:
        """Typing in what was read from signed papers."""
        from docgen.workspace.intake.recording import RecordDesk

        return RecordDesk(self, finding=self.finding)

    @cached_property
    def safety(self) -> SafetyDesk:
        """Backups and snapshots."""
        from docgen.workspace.safety.desk import SafetyDesk

        return SafetyDesk(self)

    @cached_property
    def finding(self) -> SearchDesk:
        """Search and its index."""
        from docgen.workspace.finding.desk import SearchDesk

        return SearchDesk(self)

    @cached_property
    def dossiers(self) -> DossierDesk:
        """一人一档."""
        from docgen.workspace.keeping.dossiers import DossierDesk

        return DossierDesk(self)

    @cached_property
    def serving(self) -> ServiceDesk:
        """送达."""
        from docgen.workspace.cases.serving import ServiceDesk

        return ServiceDesk(self)

    @cached_property
    def cases(self) -> CaseDesk:
        """案卷."""
        from docgen.workspace.cases.desk import CaseDesk

        return CaseDesk(self)

    @cached_property
    def duties(self) -> DutyDesk:
        """到期事项."""
        from docgen.workspace.duties.desk import DutyDesk

        return DutyDesk(self)

    @cached_property
    def quarter(self) -> QuarterDesk:
        """季度名册和汇总表."""
        from docgen.workspace.quarter.desk import QuarterDesk

        return QuarterDesk(self)

    @cached_property
    def tables(self) -> TableDesk:
        """报送, 核实, 汇总."""
        from docgen.workspace.quarter.table_desk import TableDesk

        return TableDesk(self, quarter=self.quarter)

    @cached_property
    def quarter_printer(self) -> QuarterPrinter:
        """附件和报告 of a quarter."""
        from docgen.workspace.quarter.printing import QuarterPrinter

        return QuarterPrinter(self, papers=self.papers, quarter=self.quarter, tables=self.tables, finding=self.finding)

    @cached_property
    def describing(self) -> DescribingDesk:
        """档号, 归档文件目录, 归档章."""
        from docgen.workspace.keeping.describing import DescribingDesk

        return DescribingDesk(self, finding=self.finding)

    @cached_property
    def binding(self) -> BindingDesk:
        """One child's papers as a volume."""
        from docgen.workspace.keeping.binding import BindingDesk

        return BindingDesk(self)

    @cached_property
    def disposing(self) -> DisposalDesk:
        """鉴定, 销毁."""
        from docgen.workspace.keeping.disposing import DisposalDesk

        return DisposalDesk(self, finding=self.finding)

    @cached_property
    def transferring(self) -> TransferDesk:
        """移交."""
        from docgen.workspace.keeping.transferring import TransferDesk

        return TransferDesk(self)

    @cached_property
    def adopting(self) -> AdoptionDesk:
        """Old scans taken over."""
        from docgen.workspace.keeping.adopting import AdoptionDesk

        return AdoptionDesk(self, finding=self.finding)

    @cached_property
    def checking(self) -> CheckDesk:
        """Proof that the office is whole."""
        from docgen.workspace.safety.checking import CheckDesk

        return CheckDesk(self, finding=self.finding)

    def close(self) -> None:
        """Close what is open; safe to call twice."""
        if "finding" in self.__dict__:
            self.finding.close()
        super().close()
