"""``rasid evidence``: is what was kept still what was written, and can it be handed on?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import archive, loaded, opened

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.evidence.verifying import Report

__all__ = ["evidence"]

_DAMAGED = 5
_SHOWN = 50


@click.group()
def evidence() -> None:
    """Prove what was kept: verify it, show it, hand it on."""


@evidence.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Read only captures since this day again.")
@click.option(
    "--root",
    "given",
    multiple=True,
    help="A root that must be in the chain: its 64 digits, or a digest (file) that has one printed. Can be repeated.",
)
@click.option("--repair", is_flag=True, help="Take off what a run that was killed has left, before verifying.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def verify(folder: Path, since: datetime | None, given: tuple[str, ...], *, repair: bool, as_json: bool) -> None:
    """Recompute the ledger and every capture, offline, and name what is not as it was written.

    Roots in the digests under var/digests are checked by themselves. Exit code 5: something was altered, is missing or
    was cut off.
    """
    from monitor.evidence import roots
    from monitor.evidence.verifying import verify as recompute

    config = loaded(folder)
    wanted = dict(roots.in_folder(config.settings.var / "digests"))
    for one in given:
        found = roots.given(one)
        if not found:
            raise click.UsageError(f"{one}: neither a root (64 hexadecimal digits) nor a file with one in it")
        wanted |= found
    start = since.replace(tzinfo=UTC) if since is not None else None
    with opened(config) as store:
        if repair:
            from storage.repair import repair as mend

            with archive(config, store):
                pass
            for line in mend(config.captures, store.proofs):
                click.echo(line, err=True)
        report = recompute(config.captures, store.proofs, since=start, roots=wanted)
    if as_json:
        told = asdict(report) | {"clean": report.clean}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _say(report, config)
    if not report.clean:
        sys.exit(_DAMAGED)


def _say(report: Report, config: Config) -> None:
    damage = [finding for finding in report.findings if not finding.harmless]
    for finding in [*damage, *(one for one in report.findings if one.harmless)][:_SHOWN]:
        click.echo(f"{finding.what}: {finding.subject}: {finding.says}")
    if len(report.findings) > _SHOWN:
        click.echo(f"... and {len(report.findings) - _SHOWN} more; `--json` has all")
    click.echo(
        f"{report.entries} entries, {report.captures} captures ({report.records} records, {report.bytes / 2**20:.1f} MiB) "
        f"in {config.captures}; {report.dropped} dropped by rule"
    )
    click.echo(f"root: {report.root}")
    if report.roots:
        click.echo(f"roots from elsewhere that the chain has: {len(report.roots)}")
    click.echo("everything is as it was written" if report.clean else f"{len(damage)} findings: NOT as it was written")
