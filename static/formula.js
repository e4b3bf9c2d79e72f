/* A formula: what is picked goes in where the cursor stands, and as it is typed the page shows what it gives.
   Without this the formula is typed by hand, and the button tries it. */
(function () {
  'use strict';

  const box = document.querySelector('textarea[data-formula]');
  const help = document.querySelector('[data-formula-help]');
  if (!box || !help) { return; }
  const tried = document.getElementById('tried');
  const sheet = box.closest('section');
  if (sheet) { sheet.parentNode.insertBefore(help, sheet.nextSibling); }
  let waiting = 0;
  let asked = null;

  function work() {
    if (!box.value.trim() || !window.fetch) { return; }
    if (asked) { asked.abort(); }
    const mine = asked = new AbortController();
    const url = help.dataset.try + '?' + new URLSearchParams({ formula: box.value });
    tried.classList.add('working');
    fetch(url, { credentials: 'same-origin', signal: mine.signal, headers: { 'X-Requested-With': 'fetch' } }).then(function (reply) {
      if (!reply.ok || reply.redirected) { throw new Error(String(reply.status)); }
      return reply.text();
    }).then(function (text) {
      if (mine !== asked) { return; }
      tried.innerHTML = text;
      tried.classList.remove('working');
    }).catch(function (error) {
      if (error.name === 'AbortError') { return; }
      tried.classList.remove('working');
      tried.textContent = help.dataset.failed;
    });
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(work, 350);
  }

  function insert(text) {
    const start = box.selectionStart;
    box.setRangeText(text, start, box.selectionEnd, 'end');
    const inside = text.indexOf('(') >= 0 && text.slice(-1) === ')' ? 1 : 0;
    box.focus();
    box.setSelectionRange(box.selectionEnd - inside, box.selectionEnd - inside);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }

  help.addEventListener('click', function (event) {
    const button = event.target.closest('[data-insert]');
    if (button) { insert(button.dataset.insert); }
  });
  box.addEventListener('input', later);
  const button = document.querySelector('[data-try-button]');
  if (button) {
    button.addEventListener('click', function (event) {
      event.preventDefault();
      work();
      help.scrollIntoView({ block: 'nearest' });
    });
  }
  if (box.value.trim() && !tried.querySelector('table')) { work(); }
}());
