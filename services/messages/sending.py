"""How a message is sent: by SMTP or to a robot's web hook, only to addresses that may be told, bounded in time."""

import base64
import hashlib
import hmac
import json
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from threading import Timer
from urllib.parse import quote_plus

from documents.messages.channel import StoredChannel
from rules.requests.messages import ChannelKind, Security
from rules.requests.web_hooks import HookTarget
from rules.words import N_
from services.hooks.posting import NotDelivered, address_of, post_for_answer
from services.messages.sealing import unseal
from services.messages.texts import subject_of
from services.messages.trusting import BAD_AUTHORITY, context_of, sentence_of

_STEP_SECONDS, _MOST_SECONDS = 5.0, 30.0
NO_KEY = N_("The secret cannot be read: it was kept under another SECRET_KEY. Please enter it again.")
NOT_SIGNED_IN = N_("The mail server did not accept the user name and password.")
NOT_TAKEN = N_("The mail server did not take the message.")
NO_TLS = N_("The mail server offers no encrypted connection.")
SILENT = N_(
    "The mail server did not answer. Please look at its name and port, and whether the encryption fits the "
    "port: as a rule 465 for TLS from the start, 587 for STARTTLS."
)
ROBOT_REFUSED = N_("The robot did not take the message.")


def send(channel: StoredChannel, text: str, key: str) -> None:
    """Send a text by a channel, with the office's `key` for its secrets. Raises NotDelivered."""
    if channel["kind"] == ChannelKind.MAIL.value:
        _mail(channel, text, key)
    else:
        _tell_robot(channel, text, key)


def _secret(channel: StoredChannel, name: str, key: str) -> str:
    """Return a secret, "" where none is kept. Raises NotDelivered."""
    sealed = str(channel.get(name) or "")
    if not sealed:
        return ""
    found = unseal(sealed, key)
    if found is None:
        raise NotDelivered(NO_KEY)
    return found


# --- Robots --------------------------------------------------------------------------------------


def _tell_robot(channel: StoredChannel, text: str, key: str) -> None:
    """Tell a robot of WeCom or DingTalk: both take the same text, and say `errcode` 0 when they did."""
    url, signing = _secret(channel, "url", key), _secret(channel, "signing", key)
    if channel["kind"] == ChannelKind.DINGTALK.value and signing:
        moment = round(time.time() * 1000)
        digest = hmac.new(signing.encode(), f"{moment}\n{signing}".encode(), hashlib.sha256).digest()
        url += f"{'&' if '?' in url else '?'}timestamp={moment}&sign={quote_plus(base64.b64encode(digest))}"
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "base-office messages"}
    status, answer = post_for_answer(url, body, headers)
    said = None
    with suppress(ValueError, AttributeError):
        said = json.loads(answer).get("errcode")
    if status != 200 or said != 0:
        raise NotDelivered(ROBOT_REFUSED)


# --- Mail ----------------------------------------------------------------------------------------


def _mail(channel: StoredChannel, text: str, key: str) -> None:
    target = HookTarget(channel["security"] == Security.TLS.value, channel["host"], channel["port"], "")
    password = _secret(channel, "secret", key)
    try:
        context = context_of(str(channel.get("authority") or ""))
    except (ssl.SSLError, ValueError) as error:
        raise NotDelivered(BAD_AUTHORITY) from error
    server = _Server(target, address_of(target), context, _domain_of(channel))
    watch = Timer(_MOST_SECONDS, server.cut)
    watch.daemon = True
    watch.start()
    try:
        server.connect(target.host, target.port)
        if channel["security"] == Security.STARTTLS.value:
            server.starttls(context=context)
        if channel.get("user"):
            server.login(channel["user"], password)
        server.send_message(_message(channel, text), channel["sender"], channel["recipients"])
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    except ssl.SSLError as error:
        raise NotDelivered(sentence_of(error)) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotDelivered(NOT_SIGNED_IN) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotDelivered(
            NO_TLS if not channel.get("user") or not server.is_safe else NOT_SIGNED_IN
        ) from error
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        raise NotDelivered(SILENT) from error
    except (smtplib.SMTPException, ValueError) as error:  # the first is an OSError too
        raise NotDelivered(NOT_TAKEN) from error
    except OSError as error:
        raise NotDelivered(SILENT) from error
    finally:
        watch.cancel()
        server.close()


def _domain_of(channel: StoredChannel) -> str:
    return channel["sender"].partition("@")[2]


def _message(channel: StoredChannel, text: str) -> EmailMessage:
    """Return the mail; its recipients are not told of one another."""
    message = EmailMessage()
    message["Subject"] = subject_of(text)
    message["From"] = channel["sender"]
    message["To"] = channel["sender"]
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=_domain_of(channel))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")  # also where a server takes seven bits alone
    return message


class _Server(smtplib.SMTP):
    """A connection to an address that was looked at, which calls the server by its own name.

    It calls itself by the sender's domain: what this machine is called is nobody's business.
    """

    def __init__(self, target: HookTarget, address: str, context: ssl.SSLContext, domain: str) -> None:
        super().__init__(local_hostname=domain, timeout=_STEP_SECONDS)
        self._target, self._address, self._context = target, address, context
        self._host = target.host  # what a certificate must say

    @property
    def is_safe(self) -> bool:
        """Whether what is said is encrypted."""
        return isinstance(self.sock, ssl.SSLSocket)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._address, self._target.port), _STEP_SECONDS)
        if not self._target.secure:
            return plain
        return self._context.wrap_socket(plain, server_hostname=self._target.host)

    def cut(self) -> None:
        """End it, whoever waits for it."""
        with suppress(OSError, AttributeError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
