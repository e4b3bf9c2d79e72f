/* `?` shows the keys of this page, in a dialog. Without this file they stand on a page of the manual. */
(function () {
  'use strict';

  const menu = document.querySelector('a[data-keys-of]');
  if (!menu) { return; }
  let dialog = null;
  let asked = false;

  function isTyping(target) {
    return Boolean(target.closest('input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable], .tabulator'));
  }

  function show(page) {
    const keys = page.querySelector('#keys');
    dialog = document.createElement('dialog');
    dialog.className = 'keys-dialog';
    dialog.setAttribute('aria-label', menu.dataset.keysOf);
    const head = document.createElement('h2');
    head.textContent = menu.dataset.keysOf;
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'btn btn-light btn-sm';
    close.textContent = menu.dataset.close;
    close.addEventListener('click', function () { dialog.close(); });
    const body = document.importNode(keys, true);
    body.removeAttribute('id');
    body.classList.remove('sheet');
    Array.from(body.querySelectorAll('[data-when]')).forEach(function (group) {
      const when = group.dataset.when;
      if (when && !document.querySelector(when)) { group.remove(); }
    });
    dialog.append(head, body, close);
    document.body.appendChild(dialog);
    dialog.addEventListener('click', function (event) { if (event.target === dialog) { dialog.close(); } });
    dialog.showModal();
  }

  function open() {
    if (document.querySelector('dialog[open]') || asked) { return; }
    if (dialog) { dialog.showModal(); return; }
    asked = true;
    fetch(menu.href, { credentials: 'same-origin' }).then(function (reply) {
      if (!reply.ok || reply.redirected) { throw new Error(); }
      return reply.text();
    }).then(function (text) {
      asked = false;
      show(new DOMParser().parseFromString(text, 'text/html'));
    }).catch(function () { location.href = menu.href; });
  }

  /* --- The first day: each step is shown where it stands ----------------------------------------- */

  const tour = document.querySelector('[data-tour]');
  if (tour) {
    const steps = Array.from(tour.querySelectorAll('li')).filter(function (step) {
      const found = document.querySelector(step.dataset.at);
      return found && found.getClientRects().length > 0;
    });
    const next = tour.querySelector('[data-tour-next]');
    let at = -1;
    next.hidden = !steps.length;
    next.addEventListener('click', function () {
      const before = steps[at];
      if (before) {
        before.classList.remove('now');
        document.querySelector(before.dataset.at).classList.remove('tour-at');
      }
      at = at + 1 < steps.length ? at + 1 : -1;
      if (at < 0) { return; }
      steps[at].classList.add('now');
      const place = document.querySelector(steps[at].dataset.at);
      place.classList.add('tour-at');
      place.scrollIntoView({ block: 'nearest' });
    });
  }

  document.addEventListener('keydown', function (event) {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.defaultPrevented || isTyping(event.target)) { return; }
    event.preventDefault();
    open();
  });
  document.addEventListener('click', function (event) {
    if (!event.target.closest('[data-keys], [data-keys-of]')) { return; }
    event.preventDefault();
    const drop = menu.closest('details');
    if (drop) {
      drop.open = false;
      drop.querySelector('summary').focus(); /* where the dialog gives the focus back to */
    }
    open();
  });
}());
