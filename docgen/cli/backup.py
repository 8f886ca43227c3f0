"""`docgen backup`: one consistent copy of the office, only what is new, proved."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.common import json_option, note, opened, progress, say, write_json


@click.command(name="backup")
@click.argument("folder", metavar="备份文件夹", type=click.Path(file_okay=False, path_type=Path))
@click.option("--recipient", "recipients", multiple=True, metavar="age1...", help="用这把公钥加密，可写多次。")
@click.option("--passphrase", is_flag=True, help="用口令加密（会提问）；恢复时要用同一口令。")
@click.option("--plain", is_flag=True, help="不加密。备份里有个人信息，请锁好存放它的磁盘。")
@click.option("--new-key", type=click.Path(dir_okay=False, path_type=Path), metavar="密钥文件",
              help="新做一把密钥，存到这个文件，并用它加密。请把密钥文件另外保管。")  # fmt: skip
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path,
    recipients: tuple[str, ...],
    new_key: Path | None,
    *,
    passphrase: bool,
    plain: bool,
    as_json: bool,
) -> None:
    r"""备份整个单位：登记库、档案、设置。可以一边办公一边备份；第二次起只备份新的内容。

    第一次要选定怎样加密，以后照旧：docgen backup E:\备份 --passphrase
    """
    if sum(map(bool, (recipients, passphrase, plain, new_key))) > 1:
        raise click.UsageError("--recipient、--passphrase、--new-key、--plain 只能写一种。")
    words = click.prompt("口令", hide_input=True, confirmation_prompt="再输一次") if passphrase else ""
    with opened(ctx) as workspace, progress("备份") as step:
        if new_key is not None:
            recipients = (workspace.safety.new_key(new_key),)
        report = workspace.safety.backup(
            folder,
            recipients=recipients,
            passphrase=words,
            plain=plain,
            progress=lambda done, _: step(done, 0),
        )
    if as_json:
        write_json(report.as_json())
    else:
        for name in report.damaged:
            note(click.style(f"  已损坏，没有备份：{name}", fg="red"))
        say(report.summary)
    ctx.exit(7 if report.damaged else 0)
