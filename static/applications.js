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

  /* Files chosen together go to the inputs of their places by their names: first a number of a material in front, then
     the longest part of a material's words. What finds no place is named, and nothing is sent by this. */
  function sortFiles() {
    const box = document.querySelector('[data-sort-files]');
    if (!box || typeof DataTransfer === 'undefined') { return; }
    const places = Array.from(document.querySelectorAll('input[type="file"][data-number]'));
    const chosen = box.querySelector('input');
    const said = box.querySelector('[data-said]');
    function common(name, words) {
      const signs = Array.from(words.replace(/[\s（）、()]/g, ''));
      let most = 0;
      for (let from = 0; from < signs.length; from += 1) {
        let to = from + most + 1;
        while (to <= signs.length && name.indexOf(signs.slice(from, to).join('')) !== -1) { most = to - from; to += 1; }
      }
      return most;
    }
    function placeOf(file) {
      const name = file.name.normalize('NFKC').replace(/\.[^.]*$/, '').replace(/\s/g, '');
      const begun = /^(?:材料)?[(]?(\d{1,2}|[一二三四五六七八九十])[)、._-]/.exec(name);
      const number = begun ? (Number(begun[1]) || '一二三四五六七八九十'.indexOf(begun[1]) + 1) : 0;
      const byNumber = places.find(function (place) { return Number(place.dataset.number) === number; });
      if (byNumber) { return byNumber; }
      const ranked = places.map(function (place) { return [common(name, place.dataset.words), place]; })
        .sort(function (one, other) { return other[0] - one[0]; });
      const clear = ranked.length && ranked[0][0] >= 3 && (ranked.length < 2 || ranked[0][0] > ranked[1][0]);
      return clear ? ranked[0][1] : null;
    }
    chosen.addEventListener('change', function () {
      if (!chosen.files.length) { return; } // emptied below
      const left = new DataTransfer();
      const given = new Map();
      Array.from(chosen.files).forEach(function (file) {
        const place = placeOf(file);
        if (!place) { left.items.add(file); return; }
        if (!given.has(place)) {
          const there = new DataTransfer();
          Array.from(place.files).forEach(function (before) { there.items.add(before); });
          given.set(place, there);
        }
        given.get(place).items.add(file);
      });
      given.forEach(function (there, place) {
        place.files = there.files;
        place.dispatchEvent(new Event('change', { bubbles: true }));
      });
      const sorted = chosen.files.length - left.files.length;
      const words = [fill(box.dataset.sorted, { count: sorted })];
      if (left.files.length) {
        words.push(fill(box.dataset.left, { names: Array.from(left.files).map(function (file) { return file.name; }).join('、') }));
      }
      said.textContent = words.join(' ');
      said.hidden = false;
      said.classList.toggle('t-near', left.files.length > 0);
      chosen.value = '';
      chosen.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }

  sortFiles();
  cases();
  weights();
  scores();
}());
