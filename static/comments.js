/* Whom a comment mentions: an @ lists who may read the record, narrowed by what is typed after it. */
(function () {
  'use strict';
  var MOST = 8;

  function ready(area) {
    var list = area.parentNode.querySelector('[data-mentions]');
    var people = null, shown = [], on = 0;

    function typed() {
      var before = area.value.slice(0, area.selectionStart);
      var found = /[@＠]([^\s@＠]{0,40})$/.exec(before);
      return found ? found[1] : null;
    }

    function close() {
      list.hidden = true;
      list.textContent = '';
      shown = [];
      area.removeAttribute('aria-activedescendant');
    }

    function mark() {
      Array.prototype.forEach.call(list.children, function (item, number) {
        item.setAttribute('aria-selected', number === on ? 'true' : 'false');
      });
      area.setAttribute('aria-activedescendant', 'mention-' + on);
    }

    function show() {
      var words = typed();
      if (words === null || people === null) { close(); return; }
      shown = people.filter(function (name) {
        return name.toLowerCase().indexOf(words.toLowerCase()) !== -1;
      }).slice(0, MOST);
      list.textContent = '';
      on = 0;
      shown.forEach(function (name, number) {
        var item = document.createElement('button');
        item.type = 'button';
        item.id = 'mention-' + number;
        item.setAttribute('role', 'option');
        item.tabIndex = -1;
        item.textContent = name;
        item.addEventListener('mousedown', function (event) { event.preventDefault(); take(number); });
        list.appendChild(item);
      });
      if (!shown.length) {
        if (!words || people.some(function (name) { return words.indexOf(name) === 0; })) { close(); return; }
        var nobody = document.createElement('p');
        nobody.textContent = area.dataset.nobody;
        list.appendChild(nobody);
      }
      list.hidden = false;
      list.scrollIntoView({ block: 'nearest' });
      if (shown.length) { mark(); }
    }

    function take(number) {
      var end = area.selectionStart, words = typed();
      var start = end - words.length;
      area.value = area.value.slice(0, start) + shown[number] + ' ' + area.value.slice(end);
      area.selectionStart = area.selectionEnd = start + shown[number].length + 1;
      close();
      area.focus();
    }

    area.addEventListener('input', function () {
      if (typed() === null) { close(); return; }
      if (people !== null) { show(); return; }
      fetch(area.dataset.mention, { headers: { 'X-Requested-With': 'fetch' }, credentials: 'same-origin' })
        .then(function (answer) { return answer.ok ? answer.json() : { people: [] }; })
        .then(function (found) { people = found.people; show(); })
        .catch(close);
    });
    area.addEventListener('keydown', function (event) {
      if (list.hidden || !shown.length || event.isComposing) { return; }
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        on = (on + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
        mark();
      } else if (event.key === 'Enter' || event.key === 'Tab') {
        take(on);
      } else if (event.key === 'Escape') {
        close();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
    area.addEventListener('blur', close);
  }

  Array.prototype.forEach.call(document.querySelectorAll('[data-mention]'), ready);
})();
