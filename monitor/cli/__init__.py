"""The command line, and the one place that joins crawler, storage and monitor.

Heavy imports stand inside the commands that need them: ``--help`` and ``--version`` answer at once.

Exit codes: 0 done (sources in trouble are Outcomes), 1 a bug, 2 usage or configuration, 3 storage,
4 a source failed (``crawl --strict``), 5 evidence was altered (``evidence verify``), 75 another pass is running (EX_TEMPFAIL: try later).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.errors import RasidError
from monitor import logs
from monitor.children import die_with_parent
from monitor.cli import (
    alerting,
    backfilling,
    caring,
    digesting,
    evidence,
    examining,
    going,
    learning,
    looking,
    queueing,
    reading,
    rereading,
    searching,
    serving,
    setting_up,
    sources,
    storing,
    watching,
    working,
)

__all__ = ["main"]

_USAGE, _STORAGE, _BUSY = 2, 3, 75


def main() -> None:
    """The entry point: errors that a person can mend become one line and an exit code; a bug keeps its traceback."""
    die_with_parent()
    try:
        rasid(prog_name="rasid", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"rasid: {error.format_message()}", err=True)
        if isinstance(error, click.UsageError) and error.ctx and _of_the_line(error):
            click.echo(f"`{error.ctx.command_path} -h` shows how it is written", err=True)
        sys.exit(_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("ended", err=True)
        sys.exit(130)
    except RasidError as error:
        click.echo(f"rasid: {error}", err=True)
        sys.exit(_exit_code(error))


def _of_the_line(error: click.UsageError) -> bool:
    """Whether the command line was misspelled; what a command itself refuses says what to do."""
    return type(error) is not click.UsageError or error.message.startswith(("No such", "Got unexpected", "Missing"))


def _exit_code(error: RasidError) -> int:
    from monitor.lock import BusyError
    from storage.errors import StorageError

    if isinstance(error, BusyError):
        return _BUSY
    return _STORAGE if isinstance(error, StorageError) else _USAGE


class Commands(click.Group):
    """The commands in the order in which they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("config"),
    envvar="RASID_CONFIG",
    show_default=True,
    help="Folder with settings.yaml, sources.yaml and watchlists/.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more of what happens.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    envvar="RASID_LOG_FORMAT",
    help="json: an object a line, for programs.",
)
@click.option(
    "--log-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="RASID_LOG_FILE",
    help="Write what happens there. It may be renamed meanwhile: a new one is made.",
)
@click.version_option(package_name="rasid", prog_name="rasid")
@click.pass_context
def rasid(context: click.Context, folder: Path, *, verbose: bool, log_format: str, log_file: Path | None) -> None:
    """Rasid (راصد) watches Arabic news about Syria.

    It reads the sources of config/sources.yaml, keeps the clean text of every report, flags what the watch lists in
    config/watchlists/ ask for, and writes one digest a day.
    """
    context.obj = folder
    logs.set_up(verbose=verbose, form=log_format, file=log_file)


for command, in_short in (
    (setting_up.init, "Write a commented starter configuration into DIRECTORY."),
    (setting_up.check, "Validate settings, sources, and watch lists with examples."),
    (sources.sources, "Show the sources; try them, find new ones, write them down."),
    (watching.watch, "Try out what your watch lists find, before they go live."),
    (going.crawl, "Make one pass: read what is due, store and flag what is new."),
    (digesting.digest, "Write the digests that are missing, or show today's so far."),
    (serving.run, "Run the service: passes all day, a digest each morning."),
    (working.worker, "Run one of many machines that read for one store."),
    (queueing.queue, "Show the workers and their jobs; pause, try again."),
    (alerting.alerts, "Show the messages that wait or failed; try them, send again."),
    (searching.search, "Search all that was ever stored, in every form of a word."),
    (looking.status, "Say what is wrong, the last pass, every source, disk, chores."),
    (looking.show, "Show one article, why it was flagged, and who else told it."),
    (reading.read, "Show what is understood of a saved page."),
    (backfilling.backfill, "Read archives of the past (WARC files) into the store."),
    (rereading.reread, "Read what was captured again with today's reader."),
    (storing.store, "Move the whole store to another database."),
    (learning.learned, "Show what was learned of a source from its own articles."),
    (evidence.evidence, "Prove what was kept: verify it, show it, hand it on."),
    (caring.care, "Look after the store: check it, back it up, tidy it."),
    (caring.backup, "Back the store up now, or show the backups that there are."),
    (caring.restore, "Bring the store back from a backup."),
    (examining.doctor, "Look for the usual faults of a set-up, and say the remedy."),
):
    command.short_help = in_short
    rasid.add_command(command)
