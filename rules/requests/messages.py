"""What messages leave the office by themselves, to whom, when: counts and links, never a name."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.applications import Verb
from rules.choices import Choice
from rules.errors import Refusal
from rules.requests.origin import one_line
from rules.requests.web_hooks import LONGEST_NAME, LONGEST_URL, refusals_of_url
from rules.words import N_

MOST_CHANNELS, MOST_RECIPIENTS = 20, 50
LONGEST_SECRET = 200
BETWEEN = timedelta(minutes=5)  # what happens meanwhile is told in one message
DIGEST_DAY, DIGEST_HOUR = 0, 8  # Monday, in the morning of the office
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

NO_NAME = N_("Please give it a name of at most %(most)d characters.")
NO_KIND = N_("Choose how messages are sent.")
NOTHING = N_("Choose at least one event, or the weekly digest.")
BAD_COUNTY = N_("Choose the whole city or one county.")
BAD_HOST = N_("Please enter the mail server's name or address.")
BAD_PORT = N_("A port is a number from 1 to 65535.")
BAD_ADDRESS = N_("“%(address)s” is no e-mail address.")
NO_RECIPIENT = N_("Please give at least one recipient, at most %(most)d.")
NO_URL = N_("Please enter the robot's address.")
BAD_SECRET = N_("A secret has at most %(most)d visible characters.")
NOT_OPEN = N_("A password is sent only over an encrypted connection.")


class ChannelKind(Choice):
    """How messages leave the office."""

    MAIL = "mail", N_("E-mail (SMTP)"), "电子邮件（SMTP）"
    WECOM = "wecom", N_("WeCom robot"), "企业微信群机器人"
    DINGTALK = "dingtalk", N_("DingTalk robot"), "钉钉群机器人"


class Security(Choice):
    """How the connection to a mail server is protected."""

    TLS = "tls", N_("TLS from the start"), "全程加密（SSL/TLS）"
    STARTTLS = "starttls", N_("TLS by STARTTLS"), "先连后加密（STARTTLS）"
    NONE = "none", N_("Not encrypted"), "不加密"


class MessageEvent(Choice):
    """What messages tell of, as a number of each."""

    APPLICATION = "application", N_("Applications handed in, reviewed or recommended"), "申报提交、初审、推荐"
    OBJECTION = "objection", N_("Objections received"), "收到异议"
    PUBLISHED = "published", N_("Notices opened and announcements"), "公示、公布"
    FILING = "filing", N_("Change filings"), "变更备案"
    CASE = "case", N_("Cases about titles"), "称号处理立案"


_EVENTS = {
    **{
        f"application-{verb.value}": MessageEvent.APPLICATION
        for verb in (Verb.SUBMIT, Verb.RETURN, Verb.PASS, Verb.FAIL, Verb.RECOMMEND)
    },
    "objection-received": MessageEvent.OBJECTION,
    "notice-opened": MessageEvent.PUBLISHED,
    "announced": MessageEvent.PUBLISHED,
    "change-filed": MessageEvent.FILING,
    "case-begun": MessageEvent.CASE,
}  # fmt: skip
ACTIONS = frozenset(_EVENTS)


def event_of(action: str) -> MessageEvent | None:
    """Return what an act of the trail is to a message; None for nothing."""
    return _EVENTS.get(action)


@dataclass(frozen=True)
class ChannelValues:
    """What an administrator says of a channel.

    `county` is a code, "" for the whole city. Mail has `host`, `port`, `security`, `user`, `sender` and `recipients`,
    and in `authority` the certificates that its server's must come from, as PEM; "" for those that the system knows.
    `secret` is the password of a mail server, `url` a robot's address (which is its key), `signing` DingTalk's secret
    for signatures; "" leaves what is kept.
    """

    name: str
    kind: str
    enabled: bool
    county: str
    events: Collection[str]
    digest: bool
    host: str = ""
    port: int = 0
    security: str = Security.TLS.value
    authority: str = ""
    user: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    secret: str = ""
    url: str = ""
    signing: str = ""


def refusals_of_channel(
    values: ChannelValues, counties: Collection[str], *, has_secret: bool, has_url: bool
) -> list[Refusal]:
    """Return why a channel cannot be kept; `has_secret` and `has_url` say what of it is kept already."""
    refusals = []
    if not values.name or one_line(values.name, LONGEST_NAME) != values.name:
        refusals.append(Refusal(NO_NAME, {"most": LONGEST_NAME}, "name"))
    if values.kind not in {kind.value for kind in ChannelKind}:
        return [*refusals, Refusal(NO_KIND, field="kind")]
    if values.county and values.county not in counties:
        refusals.append(Refusal(BAD_COUNTY, field="county"))
    if set(values.events) - {event.value for event in MessageEvent} or not (values.events or values.digest):
        refusals.append(Refusal(NOTHING, field="events"))
    for field, text in (("secret", values.secret), ("signing", values.signing), ("user", values.user)):
        if text and (len(text) > LONGEST_SECRET or not text.isprintable()):
            refusals.append(Refusal(BAD_SECRET, {"most": LONGEST_SECRET}, field))
    if values.kind == ChannelKind.MAIL.value:
        return [*refusals, *_refusals_of_mail(values, has_secret=has_secret)]
    if values.url:
        refusals += refusals_of_url(values.url)
    elif not has_url:
        refusals.append(Refusal(NO_URL, field="url"))
    return refusals


def _refusals_of_mail(values: ChannelValues, *, has_secret: bool) -> list[Refusal]:
    refusals = []
    if not 0 < values.port < 65536:
        refusals.append(Refusal(BAD_PORT, field="port"))
    else:
        wrong = refusals_of_url(f"http://{values.host[:LONGEST_URL]}:{values.port}/") if values.host else ()
        if wrong or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", values.host):
            refusals.append(Refusal(wrong[0].message if wrong else BAD_HOST, field="host"))
    if values.security not in {one.value for one in Security}:
        refusals.append(Refusal(NO_KIND, field="security"))
    elif values.security == Security.NONE.value and values.user and (values.secret or has_secret):
        refusals.append(Refusal(NOT_OPEN, field="security"))
    if not _ADDRESS.fullmatch(values.sender):
        refusals.append(Refusal(BAD_ADDRESS, {"address": values.sender}, "sender"))
    if not 0 < len(values.recipients) <= MOST_RECIPIENTS:
        refusals.append(Refusal(NO_RECIPIENT, {"most": MOST_RECIPIENTS}, "recipients"))
    wrong_ones = [one for one in values.recipients if not _ADDRESS.fullmatch(one)]
    refusals += [Refusal(BAD_ADDRESS, {"address": one[:80]}, "recipients") for one in wrong_ones[:1]]
    return refusals


def digest_week(moment: datetime) -> str:
    """Return the week whose digest is due at a moment of the office, as 2026-W48: it begins on Monday morning."""
    begun = moment - timedelta(days=DIGEST_DAY, hours=DIGEST_HOUR)
    year, week, _ = begun.isocalendar()
    return f"{year}-W{week:02d}"
