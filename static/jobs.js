/* A job's page: asks how far it is, and is loaded anew when it has ended. */
(function () {
  'use strict';
  const sheet = document.querySelector('[data-job]');
  if (!sheet) { return; }
  const bar = sheet.querySelector('progress');
  const text = sheet.querySelector('[data-job-text]');
  let wait = 1000;
  function ask() {
    window.fetch(sheet.dataset.job, { headers: { 'X-Requested-With': 'fetch' }, credentials: 'same-origin' })
      .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))); })
      .then(function (job) {
        if (job.ended) { window.location.reload(); return; }
        bar.max = job.total || 1;
        bar.value = job.done;
        text.textContent = job.text;
        wait = 1000;
        window.setTimeout(ask, wait);
      })
      .catch(function () {
        // The server may be gone for a moment; it is asked less and less often.
        wait = Math.min(wait * 2, 15000);
        window.setTimeout(ask, wait);
      });
  }
  window.setTimeout(ask, wait);
}());
