"""A channel by which messages leave the office: mail, or a group's robot."""

from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DateTimeField, IntField, ListField, StringField

from documents.trail_follower import StoredFollower, TrailFollower

COLLECTION = "message_channels"


class StoredChannel(StoredFollower, total=False):
    """A stored channel. `secret`, `url` and `signing` are sealed; `digest_week` is the last one that was sent."""

    kind: str
    county: str
    events: list[str]
    digest: bool
    digest_week: str
    host: str
    port: int
    security: str
    authority: str
    user: str
    sender: str
    recipients: list[str]
    secret: str
    url: str
    shown_host: str
    signing: str
    told_at: datetime
    problem: str


class MessageChannel(TrailFollower):
    """See the module. Who sends moves `digest_week`, `told_at` and `problem` too."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "auto_create_index": False,
        "strict": False,
    }

    kind = StringField(required=True)
    county = StringField()
    events = ListField(StringField())
    digest = BooleanField(default=False)
    digest_week = StringField()
    host = StringField()
    port = IntField()
    security = StringField()
    authority = StringField()
    user = StringField()
    sender = StringField()
    recipients = ListField(StringField())
    secret = StringField()
    url = StringField()
    shown_host = StringField()
    signing = StringField()
    told_at = DateTimeField()
    problem = StringField()
