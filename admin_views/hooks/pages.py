"""Web hooks on screen: what other programs are told of, how it went, and the secret, shown when it is made."""

from dataclasses import dataclass

from bson import ObjectId
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
from admin_views.shared.translation import collection_label, gettext
from admin_views.shared.view_models import FormPage, FormSection, Link
from documents.hooks.delivery import StoredDelivery
from documents.hooks.web_hook import StoredHook
from forms.programs.web_hooks import WebHookForm
from forms.sentences import show_refusals
from rules.errors import Refused, Stale
from rules.requests.web_hooks import HookEvent
from rules.words import N_
from schema.registry import REGISTRY
from services.hooks import hooks
from services.hooks.events import secret_of
from services.hooks.posting import private_networks_allowed

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class HookRow:
    """One web hook in the list."""

    name: str
    url: str
    address: str
    collection: str
    events: str
    state: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One attempt to deliver."""

    when: str
    count: int
    status: str
    problem: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class HooksPage:
    """hooks/list.html."""

    title: str
    rows: tuple[HookRow, ...]
    new_url: str
    private: bool
    crumbs: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class HookPage(FormPage):
    """hooks/edit.html: the form, and what follows it."""

    deliveries: tuple[DeliveryRow, ...] = ()
    secret_url: str = ""
    delete_url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class SecretPage:
    """hooks/secret.html."""

    title: str
    name: str
    secret: str
    back_url: str
    crumbs: tuple[Link, ...]


def index() -> ResponseReturnValue:
    """Show all web hooks."""
    page = HooksPage(
        title=gettext(N_("Web hooks")),
        rows=tuple(_row(hook) for hook in hooks.list_hooks(current_actor())),
        new_url=url_for("hooks.new"),
        private=private_networks_allowed(),
        crumbs=(Link(gettext(N_("Settings")), url_for("settings.index")),),
    )
    return render_template("hooks/list.html", page=page)


def _row(hook: StoredHook) -> HookRow:
    return HookRow(
        name=hook["name"],
        url=url_for("hooks.edit", hook_id=hook["_id"]),
        address=hook["url"][:_LONGEST_SHOWN],
        collection=collection_label(hook["of"]),
        events=_events(hook),
        state=_state(hook),
        is_off=not hook["enabled"],
    )


def _events(hook: StoredHook) -> str:
    words = []
    for event in HookEvent:
        if event.value in hook["events"]:
            label = office_state().status_labels(hook["of"]).get(hook.get("status", ""), "")
            more = f"（{label}）" if event is HookEvent.STATUS else ""
            words.append(gettext(event.label) + more)
    return "、".join(words)


def _state(hook: StoredHook) -> str:
    if not hook["enabled"]:
        stopped = hook.get("stopped_at")
        if stopped:
            return gettext(N_("switched off after many failures, %(when)s"), when=shown_moment(stopped))
        return gettext(N_("switched off"))
    failures = hook.get("failures", 0)
    if failures:
        when = shown_moment(hook["next_at"])
        return gettext(
            N_("failed %(count)d times in a row; tried again at %(when)s"), count=failures, when=when
        )
    return gettext(N_("on"))


def new() -> ResponseReturnValue:
    """Make a web hook, and show its secret."""
    if request.method == "GET":
        return _form_page(WebHookForm.with_statuses(_labels()), gettext(N_("New web hook")), 200)
    form = WebHookForm.with_statuses(_labels(), request.form)
    if form.validate():
        try:
            made = hooks.make_hook(form.values(), _statuses_of(form), actor=current_actor(), now=now())
        except Refused as problem:
            show_refusals(form, problem)
        else:
            return _show_secret(made)
    return _form_page(form, gettext(N_("New web hook")), 422)


def edit(hook_id: str) -> ResponseReturnValue:
    """Show and change a web hook."""
    hook, deliveries = hooks.read_hook(parse_object_id(hook_id), current_actor())
    if request.method == "GET":
        return _form_page(_filled(hook), hook["name"], 200, hook, deliveries)
    form, version = WebHookForm.with_statuses(_labels(), request.form), typed_version()
    status = 422
    if form.validate():
        try:
            hooks.change_hook(
                hook["_id"],
                form.values(),
                _statuses_of(form),
                version=version,
                actor=current_actor(),
                now=now(),
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            status = 409 if isinstance(problem, Stale) else 422
            version = hook["version"] if isinstance(problem, Stale) else version
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("hooks.index"), 303)
    hook["version"] = version  # a form that was refused keeps the one that it was read at
    return _form_page(form, hook["name"], status, hook, deliveries)


def renew_secret(hook_id: str) -> ResponseReturnValue:
    """Give a web hook another secret, and show it."""
    hook = hooks.renew_secret(
        parse_object_id(hook_id), version=typed_version(), actor=current_actor(), now=now()
    )
    return _show_secret(hook)


def delete(hook_id: str) -> ResponseReturnValue:
    """Take a web hook away."""
    hooks.delete_hook(parse_object_id(hook_id), version=typed_version(), actor=current_actor(), now=now())
    flash(gettext(N_("The web hook was deleted.")), "success")
    return redirect(url_for("hooks.index"), 303)


def _labels() -> dict[str, dict[str, str]]:
    state = office_state()
    return {one.name: dict(state.status_labels(one.name)) for one in REGISTRY.listed if one.has_status}


def _statuses_of(form: WebHookForm) -> list[str]:
    return list(_labels().get(str(form.of.data), {}))


def _filled(hook: StoredHook) -> WebHookForm:
    status = f"{hook['of']}:{hook['status']}" if hook.get("status") else ""
    return WebHookForm.with_statuses(
        _labels(), name=hook["name"], url=hook["url"], of=hook["of"], events=hook["events"], status=status,
        enabled=hook["enabled"],
    )  # fmt: skip


def _crumbs() -> tuple[Link, ...]:
    home = Link(gettext(N_("Settings")), url_for("settings.index"))
    return (home, Link(gettext(N_("Web hooks")), url_for("hooks.index")))


def _form_page(
    form: WebHookForm,
    title: str,
    status: int,
    hook: StoredHook | None = None,
    deliveries: list[StoredDelivery] | None = None,
) -> ResponseReturnValue:
    hook_id: ObjectId | None = hook["_id"] if hook else None
    page = HookPage(
        title=title,
        form=form,
        sections=(
            FormSection(gettext(N_("Where to")), (("name",), ("url",), ("enabled",))),
            FormSection(gettext(N_("What it tells of")), (("of",), ("events",), ("status",))),
        ),
        action=url_for("hooks.edit", hook_id=hook_id) if hook else url_for("hooks.new"),
        cancel_url=url_for("hooks.index"),
        save_label=gettext(N_("Save")),
        version=hook["version"] if hook else None,
        crumbs=_crumbs(),
        deliveries=tuple(_delivery(one) for one in deliveries or ()),
        secret_url=url_for("hooks.renew_secret", hook_id=hook_id) if hook else "",
        delete_url=url_for("hooks.delete", hook_id=hook_id) if hook else "",
        state=_state(hook) if hook else "",
    )
    return render_template("hooks/edit.html", page=page), status


def _delivery(one: StoredDelivery) -> DeliveryRow:
    problem = one["problem"]
    return DeliveryRow(
        when=shown_moment(one["at"]),
        count=one["count"],
        status=str(one["status"] or ""),
        problem=gettext(problem) if problem else gettext(N_("delivered")),
        milliseconds=one.get("milliseconds", 0),
    )


def _show_secret(hook: StoredHook) -> ResponseReturnValue:
    page = SecretPage(
        title=gettext(N_("Secret of the web hook")),
        name=hook["name"],
        secret=secret_of(hook, str(current_app.config["SECRET_KEY"])),
        back_url=url_for("hooks.index"),
        crumbs=_crumbs(),
    )
    return render_template("hooks/secret.html", page=page)
