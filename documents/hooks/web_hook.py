"""A web hook: where it goes and what it tells of."""

from typing import Any, ClassVar

from mongoengine.fields import ListField, StringField

from documents.trail_follower import StoredFollower, TrailFollower

COLLECTION = "web_hooks"


class StoredHook(StoredFollower, total=False):
    """A stored web hook. `salt` and the office's key make its secret."""

    url: str
    of: str
    events: list[str]
    status: str
    salt: str


class WebHook(TrailFollower):
    """See the module."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "auto_create_index": False,
        "strict": False,
    }

    url = StringField(required=True)
    of = StringField(required=True)
    events = ListField(StringField())
    status = StringField()
    salt = StringField(required=True)
