"""``rasid evidence``: is what was kept still what was written, and can it be handed on?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import archive, chain, depot, loaded, opened, stamped

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
    """Recompute every capture and the ledger, and name what was altered.

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
            from monitor.evidence.tidying import tended
            from storage.repair import repair as mend

            with archive(config, store):
                pass
            with tended(config.captures, "a repair"):
                for line in mend(config.captures, store.proofs):
                    click.echo(line, err=True)
        report = recompute(
            config.captures, store.proofs, since=start, roots=wanted, chain=chain(config), depot=depot(config)
        )
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
    if report.stamps:
        click.echo(f"time stamps over roots of the chain: {report.stamps} (whose they are, `openssl ts -verify` says)")
    click.echo("everything is as it was written" if report.clean else f"NOT as it was written: {len(damage)} found")


@evidence.command()
@click.pass_obj
def stamp(folder: Path) -> None:
    """Have the roots of finished days stamped by the authorities of settings.yaml (`captures: stamps:`).

    Off unless some are named there: they are third parties. `rasid digest` does it by itself; what could not be had is
    asked for again, after ten minutes, an hour, six hours, a day.
    """
    config = loaded(folder)
    if not config.settings.captures.stamps:
        raise click.UsageError("no authority is named: `captures: stamps: [https://…]` in settings.yaml")
    with opened(config) as store:
        said = list(stamped(config, store))
    click.echo("\n".join(said) or "nothing is due")


@evidence.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and leave it.")
@click.pass_obj
def tidy(folder: Path, *, dry_run: bool) -> None:
    """Drop captures that the rules of settings.yaml (`captures:`) let go.

    A pass does it once a day by itself. What proves a flagged article stays for ever; the ledger keeps its entries, and
    says what was dropped, when, and by which rule.
    """
    from monitor.cli.edges import now
    from monitor.evidence import tidying
    from monitor.lock import hold

    config = loaded(folder)
    rules = config.settings.captures
    with hold(config.settings.var / "pass.lock", "tidying"), opened(config) as store:
        if dry_run:
            plan = tidying.planned(store, rules, now(), chain(config))
            going = sum(map(len, plan.drop.values()))
            click.echo(f"{going} records would be dropped; {plan.total / 2**20:.1f} MiB would be left")
        else:
            with archive(config, store) as kept:
                done = tidying.tidy(store, kept, rules, now(), depot(config))
            click.echo(f"{done.dropped} dropped, {done.freed / 2**20:.1f} MiB freed, {done.total / 2**20:.1f} MiB left")
        for line in tidying.foresee(store, config.captures, rules, now()):
            click.echo(line)


@evidence.command()
@click.pass_obj
def send(folder: Path) -> None:
    """Put closed files of captures into the store of settings.yaml (`captures: store: s3://…`), and make room here.

    The service does it once an hour by itself. On machines with `rasid worker` let a timer do it. The credentials stand in the
    environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    """
    from monitor.cli.edges import sent

    config = loaded(folder)
    if depot(config) is None:
        raise click.UsageError("no store of captures is named: `captures: store: s3://bucket/prefix` in settings.yaml")
    with opened(config) as store:
        click.echo(sent(config, store))


@evidence.command()
@click.argument("what", metavar="ID|URL|CAPTURE")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def show(folder: Path, what: str, *, as_json: bool) -> None:
    """Show what proves one article: each capture, where it lies, what its records say."""
    from monitor.evidence import dossier
    from monitor.evidence.exporting import said_by
    from storage.captures import read_span

    config = loaded(folder)
    with opened(config) as store:
        numbers, unknown = dossier.wanted(store, [what], [], None)
        if unknown:
            raise click.UsageError(f"nothing is stored under {what}; `rasid status` says what is there")
        (case,) = dossier.cases(store, numbers)
    elsewhere = where.read if (where := depot(config)) else None
    told: list[dict[str, object]] = []
    for one in case.captures:
        said = {} if one.dropped_at else said_by(read_span(config.captures, one.span, elsewhere))
        told.append(
            {
                "capture": one.id, "at": one.at.isoformat(), "url": one.url, "file": one.span.file,
                "offset": one.span.offset, "length": one.span.length, "sha256": one.span.sha256,
                "payload": one.payload, "entry": one.number, "chain": one.chain,
                "dropped": one.dropped_at and f"{one.dropped_at:%Y-%m-%d} {one.why}", **said,
            }
        )  # fmt: skip
    article = case.stored.article
    if as_json:
        found = {"id": case.stored.id, "url": article.url, "title": article.title, "captures": told}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"{case.stored.id}  {article.title}\n{article.url}")
    if not told:
        click.echo("no capture: it was read before captures were kept, or while they were switched off")
    for says in told:
        click.echo("")
        for name, value in says.items():
            if value not in (None, ""):
                click.echo(f"  {name}: {value}")


@evidence.command()
@click.argument("what", metavar="ID|URL|CAPTURE|LIST", nargs=-1, required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Of a watch list: what it has flagged since this day.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file; otherwise one in var/exports.")
@click.option("--to", "recipients", multiple=True, help="Encrypt it to this public key (age1…). Can be repeated.")
@click.pass_obj
def export(
    folder: Path, what: tuple[str, ...], since: datetime | None, output: Path | None, recipients: tuple[str, ...]
) -> None:
    """Write one package (WACZ) that proves these articles to others.

    It has the records as they were received, the texts and how they changed, the part of the ledger that proves them
    (and nothing of what else is watched), and a report in Arabic and English that says how to check it all. Replay
    tools for web archives open it.
    """
    from monitor.cli.edges import now
    from monitor.evidence import dossier, sealing, stamping
    from monitor.evidence.exporting import package

    config = loaded(folder)
    keys = sealing.recipients(recipients)
    start = since.replace(tzinfo=UTC) if since is not None else None
    with opened(config) as store:
        names = [path.stem for path in (config.folder / "watchlists").glob("*.yaml")]
        numbers, unknown = dossier.wanted(store, what, names, start)
        if unknown:
            raise click.UsageError(f"neither an article nor a watch list: {', '.join(unknown)}")
        found = dossier.cases(store, numbers)
        if not dossier.kept(found):
            raise click.UsageError("there is no capture of it: nothing can be proven")
        where = depot(config)
        made = package(
            found, config.captures, store.proofs,
            zone=config.settings.zone, now=now(), software=config.software, stamps=stamping.stored(config.captures),
            elsewhere=where.read if where else None,
        )  # fmt: skip
    path = output or config.settings.var / "exports" / f"evidence-{now():%Y%m%d-%H%M%S}.wacz"
    path.parent.mkdir(parents=True, exist_ok=True)
    made.write(path)
    if keys:
        path = sealing.sealed(path, keys)
    click.echo(path)
