/* The conditions of a list, opened over it: each button of the form fetches it anew. Without this the form is a page.
   ES2019, no library of our own making. */
(function () {
  'use strict';

  let asked = 0;
  let typed = false; // since the form was asked for anew
  let changed = false; // since it was opened

  function holder() { return document.querySelector('[data-conditions-page]'); }

  /* The form is shown anew, and the clerk goes on where they were. */
  function put(box, html, focus) {
    box.innerHTML = html;
    box.dispatchEvent(new CustomEvent('office:fields', { bubbles: true }));
    const form = box.querySelector('form');
    if (changed) { form.dispatchEvent(new Event('change', { bubbles: true })); } /* unsaved, as the one before was */
    const wrong = form.querySelector('[aria-invalid]');
    const named = form.elements[focus || form.dataset.focus];
    const field = wrong || (named && (named.length && !named.options ? named[0] : named)) || form.querySelector('select, input:not([type=hidden])');
    if (!field) { return; }
    field.tomselect ? field.tomselect.focus() : field.focus();
    if (field.matches('input') && field.value) { field.setSelectionRange(field.value.length, field.value.length); }
  }

  function load(box, address, focus) {
    const mine = asked += 1;
    return fetch(address, { credentials: 'same-origin' }).then(function (reply) {
      if (!reply.ok) { throw new Error(String(reply.status)); }
      if (reply.redirected) { done(box); location.assign(reply.url); return null; }
      return reply.text().then(function (html) {
        if (mine !== asked) { return; }
        const form = box.querySelector('form');
        if (typed && form) { again(form, null, document.activeElement.name || focus); } else { put(box, html, focus); }
      });
    });
  }

  function done(box) {
    const form = box.querySelector('form');
    if (form) { form.dispatchEvent(new Event('office:saved', { bubbles: true })); }
  }

  function addressOf(form, button) {
    const sent = new URLSearchParams(new FormData(form));
    if (button) { sent.append(button.name, button.value); }
    sent.append('part', '1');
    return form.getAttribute('action') + '?' + sent;
  }

  function again(form, button, focus) {
    typed = false;
    changed = true;
    form.setAttribute('aria-busy', 'true');
    load(form.parentNode, addressOf(form, button), focus).catch(function () { done(form.parentNode); form.submit(); });
  }

  function shut(box, opener) {
    changed = false;
    box.remove();
    if (opener) { opener.setAttribute('aria-expanded', 'false'); opener.focus(); }
  }

  document.addEventListener('submit', function (event) {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches('[data-conditions-form]')) { return; }
    event.preventDefault();
    again(form, button || form.querySelector('[value=show]'), '');
  });
  document.addEventListener('input', function (event) {
    if (event.target.matches('[data-conditions-form] input')) { typed = true; }
  });
  document.addEventListener('change', function (event) {
    const field = event.target;
    if (field.matches('[data-conditions-form] [data-anew]')) { again(field.form, null, field.name); }
  });
  document.addEventListener('click', function (event) {
    const opener = event.target.closest('a[data-conditions]');
    const close = event.target.closest('[data-conditions-close]');
    const box = holder();
    if (close && box && box.dataset.over) {
      event.preventDefault();
      shut(box, document.querySelector('a[data-conditions]'));
    } else if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
      event.preventDefault();
      if (box) { shut(box, opener); return; }
      const made = document.createElement('div');
      made.className = 'conditions-over';
      made.dataset.conditionsPage = '';
      made.dataset.over = '1';
      made.setAttribute('role', 'region');
      made.setAttribute('aria-label', opener.dataset.conditions);
      const line = document.querySelector('.list .line');
      made.style.top = line.offsetTop + line.offsetHeight + 'px';
      line.after(made);
      opener.setAttribute('aria-expanded', 'true');
      load(made, opener.href + (opener.search ? '&' : '?') + 'part=1', '').catch(function () { location.assign(opener.href); });
    }
  });
  document.addEventListener('keydown', function (event) {
    const box = holder();
    if (event.key !== 'Escape' || event.defaultPrevented || !box || !box.dataset.over || !box.contains(event.target)) { return; }
    if (document.querySelector('.flatpickr-calendar.open, .ts-wrapper.dropdown-active')) { return; }
    shut(box, document.querySelector('a[data-conditions]'));
  });
}());
