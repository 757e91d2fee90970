"""Messages for real, to servers on loopback that take them, refuse, hang, and die in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.formats import FORMATS
from monitor.sending import Post, SendingError
from tests.monitor.digest_sample import digest
from tests.monitor.mailbox import Mailbox, Webhook, closed_port, mailbox, webhook


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as one:
        yield one


def refused(post: Post, target: str = "RASID_TO") -> str:
    with pytest.raises(SendingError) as caught:
        post.send(target, "عنوان", "نص", key="alert/7")
    return str(caught.value)


def test_a_webhook_takes_it_with_its_key_and_nothing_remote(hook: Webhook) -> None:
    Post({"RASID_TO": hook.address}).send(
        "RASID_TO", "عاجل: صيدنايا", "قالت «هالة»\nhttps://a.example/1", key="alert/7"
    )
    (got,) = hook.got
    assert (got["title"], got["message"]) == ("عاجل: صيدنايا", "قالت «هالة»\nhttps://a.example/1")
    assert hook.keys == ["alert/7"]
    assert "github" not in str(got)


@pytest.mark.parametrize("status", [429, 500, 503, 404])
def test_what_it_answers_is_said_without_the_secrets_of_the_address(hook: Webhook, status: int) -> None:
    hook.answers = [status]
    said = refused(Post({"RASID_TO": hook.address}))
    assert str(status) in said
    assert "RASID_TO" in said
    assert "secret-token" not in said


def test_one_that_hangs_is_given_up_in_time(hook: Webhook) -> None:
    hook.answers = ["hang"]
    said = refused(Post({"RASID_TO": hook.address}, limit=0.3))
    assert "no answer within" in said


def test_one_that_dies_in_the_middle_has_not_taken_it(hook: Webhook) -> None:
    hook.answers = ["die"]
    refused(Post({"RASID_TO": hook.address}))


def test_nobody_listens() -> None:
    refused(Post({"RASID_TO": f"json://127.0.0.1:{closed_port()}/"}))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "no such variable"),
        (" ", "no such variable"),
        ("nosuchscheme://user:secret@x", "no address that Apprise knows"),
        ("json://127.0.0.1/ json://127.0.0.1/", "more than one address"),
    ],
)
def test_what_is_wrong_with_a_variable_is_said(value: str | None, said: str) -> None:
    message = refused(Post({} if value is None else {"RASID_TO": value}))
    assert said in message
    assert "secret" not in message


def test_a_mail_in_arabic_arrives_whole(box: Mailbox) -> None:
    Post({"RASID_TO": box.address}).send(
        "RASID_TO", "عاجل: ذوو مفقودين", "قالت «هالة»\nhttps://a.example/1", key="alert/7"
    )
    (mail,) = box.mails
    assert mail["Subject"] == "عاجل: ذوو مفقودين"
    assert mail["X-Rasid-Message"] == "alert/7"
    assert "قالت «هالة»" in mail.get_content()


def test_a_digest_goes_as_a_mail_that_is_text_and_page(box: Mailbox, tmp_path: Path) -> None:
    files = []
    for name in ("html", "mail"):
        path = tmp_path / f"2018-05-12{FORMATS[name].suffix}"
        path.write_text(FORMATS[name].render(digest()), "utf-8")
        files.append(path)
    Post({"RASID_TO": box.address}).send("RASID_TO", "نشرة", "مختصر", key="digest/1", files=files)
    (mail,) = box.mails
    assert mail.get_content_type() == "multipart/alternative"
    parts = [part.get_content() for part in mail.iter_parts()]
    assert all("ذوو مفقودين" in part for part in parts)
    assert "<h3" in parts[1]


def test_a_mail_server_that_refuses_or_dies(box: Mailbox) -> None:
    box.answers = ["550 no", "451 later", "die", "250 taken"]
    post = Post({"RASID_TO": box.address})
    for _ in range(3):
        refused(post)
    post.send("RASID_TO", "عنوان", "نص")
    assert len(box.mails) == 1
