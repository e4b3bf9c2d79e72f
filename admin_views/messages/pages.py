"""Channels on screen: how messages leave the office, what they tell, how it went; their secrets are never shown."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import (
    now,
    office_state,
    parse_object_id,
    shown_moment,
    typed_version,
)
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import FormPage, FormSection, Link
from documents.messages.channel import StoredChannel
from forms.programs.messages import ChannelForm
from forms.sentences import show_refusals
from rules.errors import Refused, Stale
from rules.requests.messages import ChannelKind, MessageEvent, Security
from rules.words import N_
from services.hooks.posting import private_networks_allowed
from services.messages import channels, delivering

_PORT = 465
_KINDS = {kind.value: kind.label for kind in ChannelKind}


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel in the list."""

    name: str
    url: str
    kind: str
    to: str
    tells: str
    state: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class ChannelsPage:
    """messages/list.html."""

    title: str
    rows: tuple[ChannelRow, ...]
    new_url: str
    private: bool
    has_address: bool
    crumbs: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ChannelPage(FormPage):
    """messages/edit.html: the form, and what follows it."""

    state: str = ""
    test_url: str = ""
    delete_url: str = ""


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _counties() -> dict[str, str]:
    return dict(office_state().county_names)


def index() -> ResponseReturnValue:
    """Show all channels."""
    page = ChannelsPage(
        title=gettext(N_("Messages to the outside")),
        rows=tuple(_row(one) for one in channels.list_channels(current_actor())),
        new_url=url_for("messages.new"),
        private=private_networks_allowed(),
        has_address=bool(current_app.config["PUBLIC_URL"]),
        crumbs=(Link(gettext(N_("Settings")), url_for("settings.index")),),
    )
    return render_template("messages/list.html", page=page)


def _row(one: StoredChannel) -> ChannelRow:
    is_mail, kind = one["kind"] == ChannelKind.MAIL.value, _KINDS[one["kind"]]
    words = [gettext(event.label) for event in MessageEvent if event.value in one["events"]]
    words += [gettext(N_("Weekly digest"))] if one["digest"] else []
    recipients = gettext(N_("%(count)d recipients"), count=len(one["recipients"]))
    return ChannelRow(
        name=one["name"],
        url=url_for("messages.edit", channel_id=one["_id"]),
        kind=gettext(kind),
        to=f"{one['host']} · {recipients}" if is_mail else one.get("shown_host", ""),
        tells="、".join(words),
        state=_state(one),
        is_off=not one["enabled"],
    )


def _state(one: StoredChannel) -> str:
    if not one["enabled"]:
        stopped = one.get("stopped_at")
        if stopped:
            return gettext(N_("switched off after many failures, %(when)s"), when=shown_moment(stopped))
        return gettext(N_("switched off"))
    said = one.get("problem")
    if one.get("failures") and said:
        when, problem = shown_moment(one["next_at"]), gettext(said)
        return gettext(N_("failed: %(problem)s Tried again at %(when)s"), problem=problem, when=when)
    told = one.get("told_at")
    return gettext(N_("last message %(when)s"), when=shown_moment(told)) if told else gettext(N_("on"))


def new() -> ResponseReturnValue:
    """Make a channel."""
    title = gettext(N_("New channel"))
    if request.method == "GET":
        blank = ChannelForm.with_counties(
            _counties(), port=str(_PORT), security=Security.TLS.value, enabled=True, digest=True
        )
        return _form_page(blank, title, 200)
    form = ChannelForm.with_counties(_counties(), request.form)
    if form.validate():
        try:
            made = channels.make_channel(form.values(), _counties(), _key(), actor=current_actor(), now=now())
        except Refused as problem:
            show_refusals(form, problem)
        else:
            flash(gettext(N_("Saved. Send a test message to see whether it arrives.")), "success")
            return redirect(url_for("messages.edit", channel_id=made), 303)
    return _form_page(form, title, 422)


def edit(channel_id: str) -> ResponseReturnValue:
    """Show and change a channel."""
    channel = channels.read_channel(parse_object_id(channel_id), current_actor())
    if request.method == "GET":
        return _form_page(_filled(channel), channel["name"], 200, channel)
    form, version, status = ChannelForm.with_counties(_counties(), request.form), typed_version(), 422
    if form.validate():
        try:
            channels.change_channel(
                channel["_id"], form.values(), _counties(), _key(), version=version, actor=current_actor(), now=now()
            )  # fmt: skip
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            status = 409 if isinstance(problem, Stale) else 422
            version = channel["version"] if isinstance(problem, Stale) else version
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("messages.edit", channel_id=channel_id), 303)
    channel["version"] = version  # a form that was refused keeps the one that it was read at
    return _form_page(form, channel["name"], status, channel)


def send_test(channel_id: str) -> ResponseReturnValue:
    """Send a test message now, and say how it went."""
    address = str(current_app.config["PUBLIC_URL"] or "")
    problem = delivering.send_trial(parse_object_id(channel_id), _key(), address, actor=current_actor())
    if problem:
        flash(gettext(N_("The test message was not sent: %(problem)s"), problem=gettext(problem)), "error")
    else:
        flash(gettext(N_("The test message was sent. Please look whether it has arrived.")), "success")
    return redirect(url_for("messages.edit", channel_id=channel_id), 303)


def delete(channel_id: str) -> ResponseReturnValue:
    """Take a channel away."""
    channels.delete_channel(
        parse_object_id(channel_id), version=typed_version(), actor=current_actor(), now=now()
    )
    flash(gettext(N_("The channel was deleted.")), "success")
    return redirect(url_for("messages.index"), 303)


def _filled(one: StoredChannel) -> ChannelForm:
    return ChannelForm.with_counties(
        _counties(), name=one["name"], kind=one["kind"], county=one["county"], events=one["events"],
        digest=one["digest"], enabled=one["enabled"], host=one.get("host"), port=str(one.get("port") or _PORT),
        security=one.get("security") or Security.TLS.value, authority=one.get("authority"),
        user=one.get("user"), sender=one.get("sender"),
        recipients="\n".join(one.get("recipients") or ()),
    )  # fmt: skip


def _form_page(
    form: ChannelForm, title: str, status: int, channel: StoredChannel | None = None
) -> ResponseReturnValue:
    channel_id = channel["_id"] if channel else None
    if channel:
        form.tell_of_kept()
    robot = gettext(N_("Robot (WeCom, DingTalk)"))
    kept = channel.get("shown_host") if channel else ""
    page = ChannelPage(
        title=title,
        form=form,
        sections=(
            FormSection(gettext(N_("Channel")), (("name",), ("kind",), ("enabled",))),
            FormSection(gettext(N_("What it tells of")), (("county",), ("events",), ("digest",))),
            FormSection(
                gettext(N_("E-mail (SMTP)")),
                (
                    ("host", "port"),
                    ("security",),
                    ("authority",),
                    ("user", "secret"),
                    ("sender",),
                    ("recipients",),
                ),
            ),
            FormSection(f"{robot} · {kept}" if kept else robot, (("url",), ("signing",))),
        ),
        action=url_for("messages.edit", channel_id=channel_id) if channel else url_for("messages.new"),
        cancel_url=url_for("messages.index"),
        save_label=gettext(N_("Save")),
        version=channel["version"] if channel else None,
        crumbs=(
            Link(gettext(N_("Settings")), url_for("settings.index")),
            Link(gettext(N_("Messages to the outside")), url_for("messages.index")),
        ),
        state=_state(channel) if channel else "",
        test_url=url_for("messages.send_test", channel_id=channel_id) if channel else "",
        delete_url=url_for("messages.delete", channel_id=channel_id) if channel else "",
    )
    return render_template("messages/edit.html", page=page), status
