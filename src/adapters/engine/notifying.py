"""Sends what a run tells of its states: mails through the operator's server, calls to allowed hosts."""

import smtplib
from email.message import EmailMessage

from ...core.errors import UsageError
from ...core.plan.given import Given
from ...core.processors.api import StopFault, Tools
from ...core.running.notices import Mail, Notice, WebCall
from ...core.values import Json, JsonMap

LONGEST_MS = 10_000
"""A run waits for a call at its end."""


def hand_over(notice: Notice, tools: Tools) -> str:
    """Sends a notice; an empty text, or why it could not be sent."""
    try:
        return _mail(notice, tools) if isinstance(notice, Mail) else _call(notice, tools)
    except (OSError, smtplib.SMTPException, ValueError, StopFault, UsageError) as error:
        return f"a notice cannot be sent: {type(error).__name__}: {error}"


def _mail(mail: Mail, tools: Tools) -> str:
    from .mailing import send, sender

    if tools.access.mail is None:
        return "a mail cannot be sent: no mail server was named (mail or PENSTOCK_MAIL)"
    message = EmailMessage()
    message["To"] = ", ".join(" ".join(each.split()) for each in mail.receivers)
    message["From"] = sender(tools.access.mail)
    message["Subject"] = " ".join(mail.subject.split())
    message.set_content(mail.body)
    send(tools.access.mail, message)
    return ""


def _call(call: WebCall, tools: Tools) -> str:
    from .web.answer import NoAnswerError, TookTooLongError
    from .web.client import Request, WebClient

    settings: dict[str, Json] = {
        "authType": call.auth,
        "basicAuth.username": call.name,
        "basicAuth.password": call.word,
        "readTimeoutMillis": LONGEST_MS,
        "connectTimeoutMillis": LONGEST_MS,
    }
    client = WebClient(Given(JsonMap(settings)), tools)
    try:
        headers = list(call.headers.items())
        if call.body is not None and "content-type" not in {name.lower() for name, _ in headers}:
            headers.append(("Content-Type", call.content_type))
        content = None if call.body is None else call.body.encode()
        answer = client.send(Request(call.method, call.url, tuple(headers), content))
        answer.close()
    except (NoAnswerError, TookTooLongError) as error:
        return f"a webhook was not answered: {error}"
    finally:
        client.close()
    return "" if answer.good else f"a webhook was answered with status {answer.status}"
