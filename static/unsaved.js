/* A form that could not be saved: asks what became of it, and sends it again when the database is back.
   The form carries its key, so that it is saved once however often it is sent. ES2019, no library. */
(function () {
  'use strict';

  const page = document.querySelector('[data-unsaved-page]');
  const form = page.querySelector('form');
  const told = page.querySelector('[data-told]');
  const pause = Number(page.dataset.wait) * 1000;
  let over = !page.dataset.status;

  function end(words) {
    over = true;
    told.textContent = words;
  }

  function take(known) {
    if (over) { return; }
    if (known.location) {
      over = true;
      location.replace(known.location);
    } else if (form) {
      over = true;
      form.submit();
    } else {
      end(known.written ? page.dataset.written : page.dataset.lost);
    }
  }

  function look() {
    if (over) { return; }
    fetch(page.dataset.status, { headers: { Accept: 'application/json' }, credentials: 'same-origin', cache: 'no-store' }).then(function (reply) {
      if (reply.status === 401) {
        end(page.dataset.signedOut);
      } else if (!reply.ok) {
        throw new Error(String(reply.status));
      } else if (!reply.redirected) {
        return reply.json().then(take);
      }
      return null;
    }).catch(function () { setTimeout(look, 3000); });
  }

  if (form) {
    page.querySelector('[data-goes-on]').hidden = over;
    form.addEventListener('submit', function () { over = true; });
  }
  setTimeout(look, pause);
}());
