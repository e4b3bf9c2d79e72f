/* Rounds and applications: live sums of weights and scores, and the characters of the service cases.
   Without it everything is counted when the form is sent. */
(function () {
  'use strict';

  function number(text) {
    const plain = text.normalize('NFKC').replace(/[\s,]/g, '');
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  }

  function fill(words, values) {
    return words.replace(/%\((\w+)\)s/g, function (whole, name) { return values[name]; });
  }

  /* Blanks and line ends are no characters, as a word processor counts. Array.from: one outside the first plane is one. */
  function cases() {
    const area = document.querySelector('textarea[data-signs]');
    if (!area) { return; }
    const said = document.getElementById('signs');
    const most = Number(area.dataset.signs);
    function show() {
      const count = Array.from(area.value.replace(/[\s\u0085\u001c-\u001f]/g, '')).length + Number(area.dataset.more);
      said.textContent = fill(said.dataset.words, { count: count.toLocaleString('en'), most: most.toLocaleString('en') });
      said.classList.toggle('over', count > most);
    }
    area.addEventListener('input', show);
    show();
  }

  function weights() {
    const group = document.querySelector('[data-repeat="dimensions"]');
    const words = document.getElementById('weights-words');
    if (!group || !words) { return; }
    const said = document.createElement('p');
    said.className = 'weights-sum';
    said.setAttribute('role', 'status');
    group.querySelector('table').after(said);
    function show() {
      let sum = 0;
      group.querySelectorAll('tbody input[name$="-weight"]').forEach(function (input) { sum += number(input.value) || 0; });
      said.textContent = fill(words.textContent, { sum: sum });
      said.classList.toggle('t-met', sum === 100);
      said.classList.toggle('t-due', sum !== 100);
    }
    group.addEventListener('input', show);
    group.addEventListener('change', show);
    show();
  }

  function scores() {
    const box = document.querySelector('[data-scores]');
    if (!box) { return; }
    const fields = Array.from(box.querySelectorAll('input[data-weight]'));
    const total = box.querySelector('[data-total]');
    function show() {
      let sum = 0;
      const whole = fields.every(function (field) {
        const points = number(field.value);
        if (points === null || points > 100) { return false; }
        sum += points * Number(field.dataset.weight);
        return true;
      });
      total.textContent = whole ? (sum / 100).toFixed(2) : '—';
    }
    box.addEventListener('input', show);
    show();
    const name = document.getElementById('name');
    const organization = document.getElementById('organization');
    if (!name || !organization) { return; }
    name.addEventListener('change', function () {
      const known = Array.from(document.querySelectorAll('#experts-known option')).find(function (option) { return option.value === name.value; });
      if (known && !organization.value) { organization.value = known.dataset.organization; }
    });
  }

  cases();
  weights();
  scores();
}());
