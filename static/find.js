/* What is suggested while somebody types in the search box, under it or, by Ctrl+K, in a dialog.
   Without this file the box searches everything when it is sent. ES2019; no inline handlers. */
(function () {
  'use strict';

  const PAUSE = 120;       // milliseconds after the last letter
  const SLOW = 700;        // after so many it is said that the answer is long in coming
  const MOST_RECENT = 8;
  const form = document.querySelector('form[data-suggest]');
  if (!form) { return; }
  const words = form.dataset;
  let made = 0;

  /* --- What was open lately: addresses alone, by who works here; the server names what is in scope ---- */

  const place = 'recent:' + words.who;

  function recent() {
    try {
      const kept = JSON.parse(localStorage.getItem(place) || '[]');
      return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, MOST_RECENT) : [];
    } catch (problem) {
      return [];  // a browser that keeps nothing
    }
  }

  function remember() {
    const id = new URLSearchParams(location.search).get('id');
    if (!/\/details\/$/.test(location.pathname) || !id) { return; }
    const address = location.pathname + '?id=' + id;
    const kept = [address].concat(recent().filter((one) => one !== address)).slice(0, MOST_RECENT);
    try { localStorage.setItem(place, JSON.stringify(kept)); } catch (problem) { /* it keeps nothing */ }
  }

  /* --- Elements ------------------------------------------------------------------------------------- */

  function element(name, classes, text) {
    const node = document.createElement(name);
    if (classes) { node.className = classes; }
    if (text) { node.textContent = text; }
    return node;
  }

  function icon(name) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const use = document.createElementNS(space, 'use');
    svg.setAttribute('class', 'i');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', words.sprite + '#' + name);
    svg.appendChild(use);
    return svg;
  }

  function everything(typed) {
    const address = new URL(form.action);
    address.searchParams.set('search', typed);
    return address.href;
  }

  /* --- One box with its panel ------------------------------------------------------------------------ */

  function suggesting(input, holder, alwaysOpen) {
    const name = 'suggested-' + (made += 1);
    const panel = element('div', 'suggested');
    const list = element('div', 'suggested-list');
    const said = element('p', 'suggested-said');
    const keys = element('p', 'suggested-keys', words.keys);
    let options = [];
    let active = -1;
    let waiting = 0;
    let slow = 0;
    let asked = null;      // the request under way
    let answered = null;   // for which letters the panel stands
    let pending = false;   // whether an answer is to come
    let ahead = 0;         // how far arrows went before it came
    let opens = false;     // and whether Enter was pressed then

    list.id = name;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', words.label);
    said.setAttribute('role', 'status');
    keys.setAttribute('aria-hidden', 'true');
    panel.append(list, said, keys);
    panel.hidden = true;
    holder.appendChild(panel);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-haspopup', 'listbox');
    input.setAttribute('aria-controls', name);
    input.setAttribute('aria-expanded', 'false');

    function shown(open) {
      panel.hidden = !open;
      input.setAttribute('aria-expanded', String(open));
      if (!open) { choose(-1); }
    }

    function close() {
      stop();
      ahead = 0;
      opens = false;
      answered = null;
      if (!alwaysOpen) { shown(false); }
    }

    function stop() {
      clearTimeout(waiting);
      clearTimeout(slow);
      if (asked) { asked.abort(); }
      asked = null;
      pending = false;
      panel.classList.remove('busy');
    }

    function clear() {
      choose(-1);
      ahead = 0;
      opens = false;
      options = [];
      list.textContent = '';
    }

    /* Who is faster than the answer has what it brings, never what stood there for other letters. */
    function catchUp() {
      if (ahead) { choose(ahead > 0 ? Math.min(ahead, options.length) - 1 : Math.max(0, options.length + ahead)); }
      if (opens && options[active]) { options[active].click(); }
      ahead = 0;
      opens = false;
    }

    function say(text) { said.textContent = text; said.hidden = !text; }

    function choose(number) {
      if (options[active]) {
        options[active].classList.remove('on');
        options[active].setAttribute('aria-selected', 'false');
      }
      active = number;
      const option = options[active];
      if (!option) { input.removeAttribute('aria-activedescendant'); return; }
      option.classList.add('on');
      option.setAttribute('aria-selected', 'true');
      option.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', option.id);
    }

    function line(item) {
      const option = element('a', 'suggested-line');
      const text = element('span', 'suggested-text');
      option.id = name + '-' + options.length;
      option.href = item.url;
      option.tabIndex = -1;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      option.appendChild(icon(item.icon));
      if (item.label) { text.appendChild(element('b', '', item.label)); }
      (item.chips || []).forEach((chip) => text.appendChild(element('span', 'suggested-chip', chip)));
      option.appendChild(text);
      if (item.hint) { option.appendChild(element('small', '', item.hint)); }
      options.push(option);
      return option;
    }

    function fill(answer) {
      choose(-1);
      options = [];
      list.textContent = '';
      answer.groups.forEach(function (group, number) {
        const box = element('div', 'suggested-group');
        const head = element('div', 'suggested-head', group.label);
        head.id = name + '-head-' + number;
        box.setAttribute('role', 'group');
        box.setAttribute('aria-labelledby', head.id);
        box.appendChild(head);
        group.items.forEach((item) => box.appendChild(line(item)));
        if (group.note) { box.appendChild(element('div', 'suggested-note', group.note)); }
        list.appendChild(box);
      });
      const found = options.length;
      if (answer.q) {
        const box = element('div', 'suggested-group');
        box.setAttribute('role', 'group');
        box.setAttribute('aria-label', words.label);
        box.appendChild(line({ label: words.everything.replace('%words%', answer.q), url: everything(answer.q), icon: 'search' }));
        list.appendChild(box);
      }
      const count = found ? words.count.replace('%count%', String(found)) : words.nothing;
      say(answer.whole ? count : words.partly);
      said.classList.toggle('quiet', Boolean(found) && answer.whole);
      shown(true);
      catchUp();
    }

    function ask() {
      const typed = input.value.trim();
      if (typed === answered && !panel.hidden) {
        stop();
        catchUp();
        return;
      }
      stop();
      const mine = asked = new AbortController();
      pending = true;
      const address = new URL(words.suggest, location.href);
      address.searchParams.set('q', typed);
      if (!typed) { recent().forEach((one) => address.searchParams.append('recent', one)); }
      panel.classList.add('busy');
      slow = setTimeout(function () {
        said.classList.remove('quiet');
        say(words.slow);
        shown(true);
      }, SLOW);
      fetch(address.href, { signal: mine.signal, credentials: 'same-origin', headers: { Accept: 'application/json' } })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
          return answer.json();
        })
        .then(function (answer) {
          if (asked !== mine) { return; }
          stop();
          answered = typed;
          fill(answer);
        })
        .catch(function () {
          if (asked !== mine) { return; }  // typing went on
          stop();
          answered = null;
          clear();
          said.classList.remove('quiet');
          say(words.failed);
          shown(true);
        });
    }

    function soon() {
      stop();
      pending = true;
      waiting = setTimeout(ask, PAUSE);
    }

    input.addEventListener('input', function (event) {
      if (!event.isComposing) { soon(); }
    });
    input.addEventListener('compositionend', soon);
    input.addEventListener('mousedown', function () { if (panel.hidden) { ask(); } });
    input.addEventListener('keydown', function (event) {
      if (event.isComposing) { return; }
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (panel.hidden && !pending) { ask(); return; }
        const step = event.key === 'ArrowDown' ? 1 : -1;
        if (pending) { ahead += step; return; }
        if (!options.length) { return; }
        const next = active + step;
        choose(next >= options.length ? -1 : next < -1 ? options.length - 1 : next);
      } else if (event.key === 'Enter' && pending && ahead) {
        event.preventDefault();
        opens = true;
      } else if (event.key === 'Enter' && options[active] && !panel.hidden) {
        event.preventDefault();
        options[active].click();
      } else if (event.key === 'Escape' && !panel.hidden && !alwaysOpen) {
        event.preventDefault();
        event.stopPropagation();
        close();
      }
    });
    // What stands for other letters must not be opened by Enter.
    input.addEventListener('input', function () {
      choose(-1);
      ahead = 0;
      opens = false;
    });
    panel.addEventListener('mousedown', (event) => event.preventDefault());
    input.addEventListener('blur', close);
    return { ask: ask, clear: clear, close: close };
  }

  /* --- The dialog of Ctrl+K -------------------------------------------------------------------------- */

  function dialogOf() {
    const dialog = element('dialog', 'find-dialog');
    const box = element('form', 'find-box');
    const input = element('input');
    dialog.setAttribute('aria-label', words.label);
    box.method = 'get';
    box.action = form.action;
    input.type = 'search';
    input.name = 'search';
    input.autocomplete = 'off';
    input.maxLength = 100;
    input.placeholder = words.ask;
    input.setAttribute('aria-label', words.label);
    box.append(icon('search'), input);
    dialog.appendChild(box);
    document.body.appendChild(dialog);
    const behaviour = suggesting(input, dialog, true);
    /* Esc would empty the box first, and close it only when pressed again. */
    input.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape' || event.isComposing) { return; }
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener('click', function (event) { if (event.target === dialog) { dialog.close(); } });
    dialog.addEventListener('close', behaviour.close);
    return function open() {
      if (dialog.open) { input.select(); return; }
      input.value = '';
      dialog.showModal();
      input.focus();
      behaviour.clear();
      behaviour.ask();
    };
  }

  remember();
  suggesting(form.querySelector('[data-find]'), form, false);
  let open = null;
  document.addEventListener('keydown', function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') { return; }
    const other = document.querySelector('dialog[open]');
    if (other && !other.classList.contains('find-dialog')) { return; }  // a question wants its answer first
    event.preventDefault();
    open = open || dialogOf();
    open();
  });
}());
