/* Trying figures out: as they are typed, the same page is fetched and what follows from them is put in its place.
   Without this the button does the same. */
(function () {
  'use strict';

  const form = document.querySelector('form[data-trial]');
  if (!form || !window.fetch) { return; }
  let waiting = 0;
  let asked = null;

  function address() {
    const given = new URLSearchParams(new FormData(form));
    return form.action + '?' + given.toString();
  }

  function place(page) {
    page.querySelectorAll('[data-live]').forEach(function (part) {
      const mine = document.getElementById(part.id);
      if (mine && mine.innerHTML !== part.innerHTML) { mine.innerHTML = part.innerHTML; }
    });
    page.querySelectorAll('[data-row]').forEach(function (row) {
      const mine = document.getElementById(row.id);
      if (mine) { mine.className = row.className; }
    });
    page.querySelectorAll('[id^="said-"]').forEach(function (said) {
      const mine = document.getElementById(said.id);
      if (mine) { mine.innerHTML = said.innerHTML; }
    });
  }

  function work() {
    const url = address();
    if (asked) { asked.abort(); }
    const mine = asked = new AbortController();
    form.classList.add('working');
    fetch(url, { credentials: 'same-origin', signal: mine.signal, headers: { 'X-Requested-With': 'fetch' } }).then(function (reply) {
      if (!reply.ok && reply.status !== 422) { throw new Error(String(reply.status)); }
      return reply.text();
    }).then(function (text) {
      if (mine !== asked) { return; }
      place(new DOMParser().parseFromString(text, 'text/html'));
      history.replaceState(null, '', url);
      form.classList.remove('working');
    }).catch(function (error) {
      if (error.name === 'AbortError') { return; }
      form.classList.remove('working');
      document.getElementById('live-total').textContent = form.dataset.failed;
    });
  }

  form.addEventListener('input', function (event) {
    if (event.target.tagName === 'SELECT') { return; }
    clearTimeout(waiting);
    waiting = setTimeout(work, 350);
  });
}());
