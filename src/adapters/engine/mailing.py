"""Email: a message for every record that fulfils a condition."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from ...core.el import ElError, EvaluationError
from ...core.el.coerce import as_text, as_truth
from ...core.errors import InvalidValueError, UnsupportedError
from ...core.plan.given import Given
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record
from ...core.records.values import FieldValue

TIMEOUT_S = 30.0


class _Message:
    def __init__(self, row: Given, tools: Tools) -> None:
        condition = row.text("condition")
        self.condition = _parsed(tools, "Condition", condition, "EMAIL_06") if condition else None
        self.receivers = [_parsed(tools, "Email IDs", each, "EMAIL_07") for each in row.texts("email")]
        self.subject = _parsed(tools, "Subject", row.text("subject"), "EMAIL_01")
        self.body = _parsed(tools, "Body", row.text("body"), "EMAIL_02")


def _parsed(tools: Tools, label: str, text: str, code: str) -> Callable[[Record], FieldValue]:
    try:
        return tools.evaluate(text)
    except ElError as error:
        raise InvalidValueError(label, text, f"an expression that can be read: {error.reason} ({code})") from None


@processor("com_streamsets_pipeline_stage_executor_emailexecutor_EmailDExecutor")
class Email:
    """Messages go out through the mail server that the operator named (``mail`` or PENSTOCK_MAIL).

    Raises:
        UnsupportedError: no mail server was named.
        InvalidValueError: an expression that cannot be read (EMAIL_01, 02, 06, 07).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        if tools.access.mail is None:
            raise UnsupportedError(
                f"sending the messages of {plan.label or plan.instance}",
                "Name a mail server with mail='smtp://user:password@host:587' or in PENSTOCK_MAIL.",
            )
        self._server = tools.access.mail
        self._messages = [_Message(row, tools) for row in plan.given.rows("conf")]

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Sends the messages of every record; one that cannot be made sends its record to error.

        Those before it are sent by then.

        Raises:
            StopFault: one cannot be sent; that ends the run, as in the original.
        """
        for record in batch:
            try:
                for each in self._messages:
                    if _wanted(each, record):
                        self._send(self._made(each, record))
            except EvaluationError as error:
                out.error(record, "EMAIL_03", f"a message cannot be evaluated: {error}")

    def _send(self, message: EmailMessage) -> None:
        try:
            send(self._server, message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise StopFault("CONTAINER_01001", f"the message cannot be sent: {type(error).__name__}") from error

    def _made(self, each: _Message, record: Record) -> EmailMessage:
        message = EmailMessage()
        message["To"] = ", ".join(dict.fromkeys(_line(as_text(address(record))) for address in each.receivers))
        message["From"] = sender(self._server)
        message["Subject"] = _line(as_text(each.subject(record)))
        message.set_content(as_text(each.body(record)))
        return message


def _wanted(each: _Message, record: Record) -> bool:
    return bool(each.receivers) and (each.condition is None or as_truth(each.condition(record)))


def _line(text: str) -> str:
    """A text that cannot begin another header."""
    return " ".join(text.split())


def sender(server: str) -> str:
    """Who mails come from: the user of the server."""
    return unquote(urlsplit(server).username or "") or "penstock@localhost"


def send(server: str, message: EmailMessage) -> None:
    """Hands a message to a server ``smtp://`` or ``smtps://``; a password only goes over an encrypted connection."""
    parts = urlsplit(server)
    host, secure = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=secure)
    else:
        client = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_S)
    with client:
        if parts.scheme != "smtps" and client.has_extn("starttls"):
            client.starttls(context=secure)
        if parts.password is not None:
            client.login(unquote(parts.username or ""), unquote(parts.password))
        client.send_message(message)
