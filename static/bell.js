/* The bell drops down what was told last: to open, to mark as read, by mouse and by keyboard. Without this it is a link
   to the page of the same. ES2019, no library. */
(function () {
  'use strict';

  const bell = document.querySelector('a.bell[data-latest]');
  if (!bell) { return; }
  const panel = document.createElement('div');
  let asked = 0;
  panel.id = 'latest';
  panel.className = 'pop pop-right bell-pop';
  panel.hidden = true;
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', bell.title);
  bell.after(panel);
  bell.setAttribute('aria-haspopup', 'dialog');
  bell.setAttribute('aria-expanded', 'false');
  bell.setAttribute('aria-controls', panel.id);

  /* Where a fetch ends: at the part that was asked for, or elsewhere, as after a lost session. */
  function take(reply) {
    if (!reply.ok || new URL(reply.url).pathname !== bell.pathname) { throw new Error(String(reply.status)); }
    return reply.text();
  }

  function leave() { location.assign(bell.href); }

  function show(html) {
    panel.innerHTML = html;
    const part = panel.firstElementChild;
    let badge = bell.querySelector('b');
    if (!part.dataset.unread && badge) {
      badge.remove();
    } else if (part.dataset.unread) {
      if (!badge) { badge = bell.appendChild(document.createElement('b')); }
      badge.textContent = part.dataset.unread;
    }
    bell.setAttribute('aria-label', part.dataset.label);
  }

  function stops() { return Array.from(panel.querySelectorAll('button, a')); }

  function open() {
    const mine = asked += 1;
    panel.hidden = false;
    panel.innerHTML = '<p class="nothing" role="status"></p>';
    panel.firstElementChild.textContent = bell.dataset.loading;
    bell.setAttribute('aria-expanded', 'true');
    fetch(bell.dataset.latest, { credentials: 'same-origin' }).then(take).then(function (html) {
      if (mine !== asked) { return; }
      show(html);
      (panel.querySelector('.latest-open') || stops()[0]).focus();
    }).catch(function () { if (mine === asked) { leave(); } });
  }

  function shut(back) {
    if (panel.hidden) { return; }
    asked += 1;
    panel.hidden = true;
    bell.setAttribute('aria-expanded', 'false');
    if (back) { bell.focus(); }
  }

  bell.addEventListener('click', function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
    event.preventDefault();
    if (panel.hidden) { open(); } else { shut(true); }
  });

  /* Marked without leaving the page; who marks by keyboard goes on at the same place. */
  panel.addEventListener('submit', function (event) {
    const form = event.target;
    if (!form.matches('[data-quiet]')) { return; }
    event.preventDefault();
    const at = stops().indexOf(form.querySelector('button'));
    const before = stops().length;
    const mine = asked += 1;
    fetch(form.action, { method: 'POST', body: new FormData(form), credentials: 'same-origin' }).then(take).then(function (html) {
      if (mine !== asked) { return; }
      show(html);
      const now = stops();
      const next = now[Math.max(0, Math.min(at + now.length - before, now.length - 1))];
      if (next) { next.focus(); }
    }).catch(function () { if (mine === asked) { leave(); } });
  });

  panel.addEventListener('keydown', function (event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') { return; }
    const all = Array.from(panel.querySelectorAll('.latest-open'));
    const row = event.target.closest('li');
    const at = all.indexOf(row && row.querySelector('.latest-open'));
    const next = all[at + (event.key === 'ArrowDown' ? 1 : -1)];
    event.preventDefault();
    if (next) { next.focus(); }
  });
  bell.parentNode.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape' || panel.hidden) { return; }
    event.stopPropagation();
    shut(true);
  });
  bell.parentNode.addEventListener('focusout', function (event) {
    /* Where a mouse presses what takes no focus, the click below decides. */
    if (event.relatedTarget && !bell.parentNode.contains(event.relatedTarget)) { shut(false); }
  });
  document.addEventListener('click', function (event) {
    /* What was pressed inside may be gone by now: it was shown anew. */
    if (event.target.isConnected && !bell.parentNode.contains(event.target)) { shut(false); }
  });
}());
