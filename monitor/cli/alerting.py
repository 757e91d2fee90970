"""``rasid alerts``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.edges import alone, loaded, now, opened

if TYPE_CHECKING:
    from monitor.config import Config
    from storage.records import Waiting

__all__ = ["alerts"]

_NOT_TAKEN = 4


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--all", "everything", is_flag=True, help="Also what was sent.")
@click.pass_context
def alerts(context: click.Context, *, as_json: bool, everything: bool) -> None:
    """Show the messages that wait, and those that nobody took.

    Who is told of what stands in config/audiences.yaml; the addresses in the environment. The service sends by itself.
    """
    if context.invoked_subcommand is not None:
        return
    config = loaded(context.obj)
    states = ["waiting", "sending", "failed", *(["sent", "summed"] if everything else [])]
    with opened(config) as store:
        found, counts = store.outbox.listed(states), store.outbox.counts()
    if as_json:
        told = {"counts": dict(counts), "messages": [_told(one) for one in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    from monitor import outboxtable

    outboxtable.show(Console(), found, counts, config.settings.zone, wanted=_wanted(config))


@alerts.command()
@click.argument("targets", metavar="[VARIABLE]...", nargs=-1)
@click.pass_obj
def test(folder: Path, targets: tuple[str, ...]) -> None:
    """Send a test message to every address, or to some.

    Addresses are those that config/audiences.yaml names; given variables, theirs alone. At once, past the outbox. Says of each whether it was taken; ends with 4 when one was not.
    """
    from monitor.messages import said
    from monitor.sending import Post, SendingError
    from storage.records import Message

    config = loaded(folder)
    wanted = _wanted(config)
    if unknown := [one for one in targets if one not in wanted]:
        known = ", ".join(wanted) or "none"
        raise click.UsageError(f"no audience sends to {', '.join(unknown)}; named in audiences.yaml: {known}")
    if not wanted:
        raise click.UsageError(f"{folder / 'audiences.yaml'} names no address: add `alerts:` or `deliver:`")
    post, failed = Post(os.environ), 0
    for target, audience in wanted.items():
        if targets and target not in targets:
            continue
        message = Message(key="test", kind="test", audience=audience.name, target=target, severity="normal", payload={})
        told = said(message, audience.language, audience.zone, now())
        try:
            post.send(target, told.title, told.body)
            click.echo(f"{target} (audience {audience.name}): taken")
        except SendingError as error:
            failed += 1
            click.echo(f"{target} (audience {audience.name}): {error}", err=True)
    sys.exit(_NOT_TAKEN if failed else 0)


@alerts.command()
@click.pass_obj
def send(folder: Path) -> None:
    """Send what is due now.

    It is what the service does by itself, for those who use cron instead.
    """
    from monitor import postman
    from monitor.sending import Post

    config = loaded(folder)
    with alone(config, "alerts", "sending") as store:
        rounds = postman.deliver(store, config, Post(os.environ), now)
    click.echo(f"sent {rounds.sent}, waiting {rounds.postponed}, given up {rounds.failed}")


@alerts.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, type=int, required=True)
@click.pass_obj
def retry(folder: Path, numbers: tuple[int, ...]) -> None:
    """Let messages that were given up wait again.

    `rasid alerts` shows their numbers.
    """
    config = loaded(folder)
    with opened(config) as store:
        again = store.outbox.retry(numbers, now())
    click.echo(f"{again} of {len(numbers)} wait again")


def _wanted(config: Config) -> dict[str, Any]:
    """The variables that audiences name, each with the first audience that does."""
    found: dict[str, Any] = {}
    for audience in config.audiences:
        for target in (*audience.deliver, *(audience.alerts.to if audience.alerts else ())):
            found.setdefault(target, audience)
    return found


def _told(one: Waiting) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.message.kind,
        "audience": one.message.audience,
        "target": one.message.target,
        "severity": one.message.severity,
        "about": one.message.payload.get("headline"),
        "state": one.state,
        "created_at": one.created_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        "ended_at": one.ended_at and one.ended_at.isoformat(),
        "tries": one.tries,
        "error": one.error,
    }
