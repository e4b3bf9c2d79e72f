/* What a page does beyond showing itself. Without it everything can be read and every form be sent.
   ES2019, no library of our own making, no inline handlers: elements ask for behaviour by data attributes. */
(function () {
  'use strict';

  const root = document.documentElement;
  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const on = (target, event, work) => target.addEventListener(event, work);

  function remember(name, value) {
    const safe = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = name + '=' + value + '; Path=/; Max-Age=31536000; SameSite=Lax' + safe;
  }

  /* --- Frame: theme, folded rail, drawer, menus ------------------------------------ */

  function frame() {
    on(document, 'click', function (event) {
      const asked = event.target.closest('[data-theme],[data-fold],[data-drawer],[data-dismiss],[data-print]');
      if (!asked) { return; }
      if (asked.hasAttribute('data-theme')) {
        const dark = !root.classList.contains('dark');
        root.classList.toggle('dark', dark);
        root.classList.toggle('light', !dark);
        remember('theme', dark ? 'dark' : 'light');
      } else if (asked.hasAttribute('data-fold')) {
        const folded = root.classList.toggle('folded');
        asked.setAttribute('aria-expanded', String(!folded));
        remember('rail', folded ? 'folded' : 'open');
      } else if (asked.hasAttribute('data-drawer')) {
        const open = root.classList.toggle('drawer');
        if (open) { one('#rail a').focus(); }
      } else if (asked.hasAttribute('data-print')) {
        window.print();
      } else {
        asked.parentNode.remove();
      }
    });
    on(document, 'click', function (event) {
      all('details.drop[open]').forEach(function (menu) {
        if (!menu.contains(event.target) && !event.target.closest('.flatpickr-calendar')) { menu.open = false; }
      });
    });
    on(document, 'keydown', function (event) {
      if (event.key !== 'Escape') { return; }
      root.classList.remove('drawer');
      all('details.drop[open]').forEach(function (menu) {
        const inside = menu.contains(document.activeElement);
        menu.open = false;
        if (inside) { one('summary', menu).focus(); }
      });
    });
    all('details.drop').forEach(function (menu) {
      on(menu, 'toggle', function () {
        if (!menu.open) { return; }
        const pop = one('.pop', menu);
        const over = pop.getBoundingClientRect().right > root.clientWidth - 8;
        if (over) { pop.classList.add('pop-right'); }
        pop.style.transform = '';
        const left = pop.getBoundingClientRect().left;
        if (left < 12) { pop.style.transform = 'translateX(' + (12 - left) + 'px)'; }
        const first = one('input:not([type=hidden]):not([type=checkbox]):not([type=radio])', pop);
        if (first && !first.dataset.date) { first.focus(); }
      });
    });
  }

  /* A dialog that is closed gives the focus back; older browsers leave that to the page. */
  function givesBack() {
    let last = null;
    on(document, 'focusin', function (event) { if (!event.target.closest('dialog')) { last = event.target; } });
    on(document, 'focusout', function (event) { if (event.target === last && !event.relatedTarget) { last = null; } });
    document.addEventListener('close', function () {
      const at = document.activeElement;
      const isLost = !at || at === document.body || at.closest('dialog');
      if (last && last.isConnected && isLost) { last.focus({ preventScroll: true }); }
    }, true);
  }

  /* --- Questions: a form or button with data-question asks before it is sent ---------------- */

  function ask(question, label, danger) {
    return new Promise(function (resolve) {
      const box = document.createElement('dialog');
      const text = document.createElement('p');
      const row = document.createElement('div');
      box.className = 'ask';
      text.textContent = question;
      [[document.body.dataset.no, 'btn btn-light', false],
        [label || document.body.dataset.yes, danger ? 'btn btn-danger sure' : 'btn btn-primary', true]
      ].forEach(function (given) {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = given[0];
        button.className = given[1];
        on(button, 'click', function () { box.close(given[2] ? 'yes' : ''); });
        row.appendChild(button);
      });
      box.append(text, row);
      on(box, 'close', function () { resolve(box.returnValue === 'yes'); box.remove(); });
      document.body.appendChild(box);
      box.showModal();
    });
  }

  function questions() {
    on(document, 'submit', function (event) {
      const form = event.target;
      const button = event.submitter;
      const source = button && button.dataset.question ? button : form;
      const question = source.dataset.question;
      if (!question || form.dataset.answered) { return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      const count = one('[data-count-selected]');
      const words = question.replace('%(count)s', count ? count.textContent : '');
      ask(words, button ? button.textContent.trim() : '', source.dataset.danger === '1').then(function (yes) {
        if (!yes) { return; }
        form.dataset.answered = '1';
        if (button) { button.click(); } else { form.submit(); }
        setTimeout(function () { delete form.dataset.answered; }, 0);
      });
    });
  }

  /* --- Lists: selection, full text on hover, selects that send themselves -------------------- */

  function lists() {
    sends();
    on(document, 'mouseover', function (event) {
      const cell = event.target.closest && event.target.closest('.table-box td, .table-box th');
      if (cell && cell.scrollWidth > cell.clientWidth && !cell.title) { cell.title = cell.textContent.trim(); }
    });
    const table = one('[data-select]');
    if (table) { selection(table); }
  }

  /* A choice that is sent as soon as it is made. By keyboard arrows go through the words one after another: it is sent by
     Enter, or when the field is left, and has the focus again on the page that comes. */
  function sends() {
    const SENT = 'sent-by';
    let keyed = null;
    let waits = null;
    function send(select) {
      waits = null;
      try { sessionStorage.setItem(SENT, location.pathname + '#' + select.name); } catch (problem) { /* nothing is kept here */ }
      select.form.submit();
    }
    function stepsThrough(event) { return /^(Arrow|Home|End|Page)/.test(event.key) ? !event.altKey : event.key.length === 1 && event.key !== ' '; }
    on(document, 'keydown', function (event) {
      const select = event.target.closest('select[data-send]');
      keyed = select && stepsThrough(event) ? select : null;
      if (event.key === 'Enter' && select && waits === select) {
        event.preventDefault();
        send(select);
      }
    });
    on(document, 'mousedown', function () { keyed = null; });
    on(document, 'change', function (event) {
      const select = event.target;
      if (!select.matches('select[data-send]')) { return; }
      if (keyed === select) { waits = select; } else { send(select); }
    });
    on(document, 'focusout', function (event) {
      if (waits && waits === event.target) { send(waits); }
    });
    try {
      const sent = (sessionStorage.getItem(SENT) || '').split('#');
      sessionStorage.removeItem(SENT);
      const back = sent[0] === location.pathname && all('select[data-send]').find(function (select) { return select.name === sent[1]; });
      if (back) { back.focus({ preventScroll: true }); }
    } catch (problem) { /* nothing is kept here */ }
  }

  function selection(table) {
    const place = one('.list');
    const head = one('[data-pick-all]', table);
    const boxes = all('tbody input[name=id]', table);
    const everything = one('input[name=everything]');
    const whole = one('[data-whole]');
    let last = null;
    boxes.forEach(function (box) { box.setAttribute('aria-label', box.closest('tr').cells[1].textContent); });

    function show() {
      const picked = boxes.filter(function (box) { return box.checked; });
      boxes.forEach(function (box) { box.closest('tr').classList.toggle('picked', box.checked); });
      if (picked.length < boxes.length) { everything.disabled = true; }
      const total = everything.disabled ? picked.length : Number(everything.dataset.total);
      place.classList.toggle('selecting', picked.length > 0);
      head.checked = boxes.length > 0 && picked.length === boxes.length;
      head.indeterminate = picked.length > 0 && picked.length < boxes.length;
      one('[data-count-selected]').textContent = total.toLocaleString('en');
      if (whole) { whole.hidden = !everything.disabled || Number(everything.dataset.total) <= boxes.length; }
    }
    on(table, 'click', function (event) {
      const cell = event.target.closest('tbody td.pick');
      if (!cell) { return; }
      const box = one('input', cell);
      if (!box) { return; } /* a head of a divided list */
      if (event.target !== box) { box.checked = !box.checked; }
      if (event.shiftKey && last) {
        const ends = [boxes.indexOf(last), boxes.indexOf(box)].sort(function (a, b) { return a - b; });
        boxes.slice(ends[0], ends[1] + 1).forEach(function (between) { between.checked = box.checked; });
      }
      last = box;
      show();
    });
    on(head, 'change', function () {
      boxes.forEach(function (box) { box.checked = head.checked; });
      show();
    });
    if (whole) {
      on(whole, 'click', function () {
        boxes.forEach(function (box) { box.checked = true; });
        everything.disabled = false;
        show();
      });
    }
    on(one('[data-pick-none]'), 'click', function () {
      boxes.forEach(function (box) { box.checked = false; });
      show();
      head.focus();
    });
    on(window, 'pageshow', show);
    show();
  }

  /* --- Fields: days, look-ups, choices, repeating rows, counters ------------------------------ */

  function pad(number) { return (number < 10 ? '0' : '') + number; }

  /* A day without its year is of this year; one that lies more than half a year ahead is of the last. */
  function withYear(plain) {
    const found = /^(\d{1,2})[-./月](\d{1,2})[日号]?$/.exec(plain);
    if (!found) { return null; }
    const words = (one('#form') || document.body).dataset;
    const today = words.today ? new Date(words.today + 'T00:00:00') : new Date();
    const day = new Date(today.getFullYear(), Number(found[1]) - 1, Number(found[2]));
    const ahead = (day - today) / 86400000;
    return [plain, String(today.getFullYear() - (ahead > 183 ? 1 : 0)), found[1], found[2]];
  }

  /* Read a day as people type it: 2025-5-16, 2025.5.16, 2025/5/16, 20250516, 2025年5月16日, in full width too. */
  function readDay(text) {
    const plain = text.normalize('NFKC').replace(/\s/g, '');
    const found = /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?$/.exec(plain) || /^(\d{4})(\d{2})(\d{2})$/.exec(plain) || withYear(plain);
    if (!found) { return null; }
    const day = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
    return day.getMonth() === Number(found[2]) - 1 && day.getDate() === Number(found[3]) ? day : null;
  }

  function writeDay(day) { return day.getFullYear() + '-' + pad(day.getMonth() + 1) + '-' + pad(day.getDate()); }

  /* The calendar is bound to a field of its own, so that it never touches what was typed. */
  function dayField(input) {
    on(input, 'change', function () {
      const day = readDay(input.value);
      if (day) { input.value = writeDay(day); }
    });
    if (!window.flatpickr) { return; }
    const words = (one('#form') || document.body).dataset;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'date-button';
    button.tabIndex = -1;
    button.setAttribute('aria-label', words.calendar || input.placeholder);
    button.innerHTML = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5"/></svg>';
    input.after(button);
    const anchor = document.createElement('input');
    anchor.hidden = true;
    input.after(anchor);
    let calendar = null;
    on(button, 'click', function () {
      if (!calendar) {
        if (window.flatpickr.l10ns.zh) { Object.assign(window.flatpickr.l10ns.zh, { firstDayOfWeek: 1, monthAriaLabel: '月', yearAriaLabel: '年' }); }
        calendar = window.flatpickr(anchor, {
          positionElement: input, ignoredFocusElements: [input, button], clickOpens: false, disableMobile: true,
          locale: root.lang === 'en' ? 'default' : 'zh',
          onChange: function (days) {
            if (!days.length) { return; }
            input.value = writeDay(days[0]);
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.dispatchEvent(new Event('change', { bubbles: true }));
            calendar.close();
            input.focus();
          }
        });
      }
      calendar.setDate(readDay(input.value) || null, false);
      if (!calendar.selectedDates.length) { calendar.jumpToDate(new Date()); }
      calendar.open();
    });
  }

  function safe(text) {
    const box = document.createElement('i');
    box.textContent = text;
    return box.innerHTML;
  }

  /* A choice by typing. The server finds; the box shows what it found, and the latest answer wins. */
  function lookupField(select) {
    if (!window.TomSelect) { return; }
    const common = document.body.dataset;
    const words = (select.closest('[data-type]') || document.body).dataset;
    const depends = select.dataset.depends;
    let asked = 0;
    let found = {};
    let failed = false;
    let chosen = false;

    function address(typed) {
      const url = new URL(select.dataset.lookup, location.href);
      const other = depends && select.form.elements[depends];
      url.searchParams.set('q', typed);
      if (other && other.value) { url.searchParams.set(depends, other.value); }
      return url;
    }

    function answer(box, results, more, done) {
      found = {};
      results.forEach(function (item) { found[item.id] = true; });
      box.clearOptions();
      done(results);
      if (!more || !words.more) { return; }
      const rest = document.createElement('div');
      rest.className = 'ts-note';
      rest.textContent = words.more;
      box.dropdown_content.appendChild(rest);
    }

    function load(typed, done) {
      const box = this;
      const mine = asked += 1;
      fetch(address(typed), { headers: { Accept: 'application/json' }, credentials: 'same-origin' }).then(function (reply) {
        if (!reply.ok) { throw new Error(String(reply.status)); }
        return reply.json();
      }).then(function (data) {
        failed = false;
        if (mine !== asked) { done(); return; }
        answer(box, data.results, data.more, done);
        box.answered = typed;
        box.trigger('answered', typed, data.results);
      }).catch(function () {
        failed = true;
        if (mine === asked) { answer(box, [], false, done); } else { done(); }
      });
    }

    function note(text) { return '<div class="no-results" role="option" aria-disabled="true">' + safe(text || '') + '</div>'; }

    const box = new window.TomSelect(select, {
      valueField: 'id', labelField: 'text', searchField: [], maxOptions: 60, refreshThrottle: 0, loadThrottle: 200, load: load,
      plugins: select.multiple ? { remove_button: { title: common.remove } } : { clear_button: { title: common.clear, tabindex: -1 } }, maxItems: select.multiple ? Number(select.dataset.most) || null : 1,
      create: select.hasAttribute('data-create') ? function (text) { return { id: text, text: text }; } : false,
      placeholder: select.getAttribute('placeholder') || words.type, hidePlaceholder: true, closeAfterSelect: !select.multiple,
      clearAfterSelect: true, score: function () { return function (item) { return found[item.id] ? 1 : 0; }; },
      render: {
        option: function (item, escape) {
          return '<div>' + escape(item.text) + (item.hint ? '<small>' + escape(item.hint) + '</small>' : '') + '</div>';
        },
        item: function (item, escape) { return '<div title="' + escape(item.text) + '">' + escape(item.text) + '</div>'; },
        no_results: function () { return note(failed ? words.failed : words.nothing); },
        loading: function () { return note(words.searching); },
        option_create: function (item, escape) { return '<div class="create">' + safe(words.add || '+') + ' <b>' + escape(item.input) + '</b></div>'; }
      }
    });
    /* What was typed chooses what is marked of its answer; who is faster than the answer waits for it (a promise). */
    box.takeTyped = function () {
      const typed = box.inputValue();
      if (!typed) { return null; }
      if (box.answered === typed) {
        const first = box.activeOption || one('[data-selectable]', box.dropdown_content);
        if (first) { box.onOptionSelect(new Event('choose'), first); }
        return null;
      }
      return new Promise(function (resolve) {
        function choose(asked, results) {
          if (asked !== typed) { return; }
          box.off('answered', choose);
          if (results.length) {
            box.addOption(results[0]);
            box.addItem(results[0].id);
          } else if (box.settings.create) {
            box.createItem(typed);
          }
          box.setTextboxValue('');
          box.close();
          resolve();
        }
        box.on('answered', choose);
        box.loadedSearches = {};
        box.load(typed);
        setTimeout(resolve, 3000); /* where the search fails everything else can be typed all the same */
      });
    };
    /* Tab takes what was found and goes on; it and Enter never take what stood there for other letters. */
    box.wrapper.addEventListener('keydown', function (event) {
      if (event.isComposing || (event.key !== 'Tab' && event.key !== 'Enter') || !box.inputValue()) { return; }
      if (box.answered === box.inputValue()) {
        if (event.key === 'Tab') { box.takeTyped(); }
        return;
      }
      const at = event.target;
      event.preventDefault();
      event.stopPropagation();
      box.takeTyped().then(function () { if (event.key === 'Tab') { goOn(at, event.shiftKey); } });
    }, true);
    select.setAttribute('aria-hidden', 'true');
    /* An answer that comes after the choice must not open the list again: only the clerk may. */
    const open = box.open;
    box.open = function () { if (!chosen) { open.call(box); } };
    box.on('item_add', function () { chosen = !select.multiple; });
    ['keydown', 'mousedown'].forEach(function (event) { box.wrapper.addEventListener(event, function () { chosen = false; }, true); });
    box.on('focus', function () { box.loadedSearches = {}; box.load(box.inputValue()); });
    box.on('dropdown_open', function (dropdown) { dropdown.scrollIntoView({ block: 'nearest' }); });
    box.on('type', function (typed) { if (!typed) { box.loadedSearches = {}; box.load(''); } });
  }

  /* The focus goes on from an element, or back, as by Tab itself. */
  function goOn(element, back) {
    const stops = all('a[href], button, input, select, textarea').filter(function (stop) {
      return stop.tabIndex >= 0 && !stop.disabled && stop.getClientRects().length > 0;
    });
    const next = stops[stops.indexOf(element) + (back ? -1 : 1)];
    if (!next) { return; }
    next.focus();
    if (next.matches('input') && !next.closest('.ts-wrapper')) { next.select(); }
  }

  /* The browser's own words beside a file field are in the browser's language, not in the page's. */
  function fileField(input) {
    const words = document.body.dataset;
    const box = document.createElement('span');
    const button = document.createElement('label');
    const name = document.createElement('span');
    box.className = 'file-pick';
    button.className = 'btn btn-light btn-sm';
    button.htmlFor = input.id;
    button.textContent = words.choose;
    name.textContent = words.noFile;
    box.append(button, name);
    input.classList.add('sr-only');
    input.after(box);
    on(input, 'change', function () {
      const names = Array.prototype.map.call(input.files, function (file) { return file.name; });
      name.textContent = names.join('、') || words.noFile;
    });
  }

  function fields(from) {
    all('input.form-file', from).forEach(fileField);
    all('input[data-date]', from).forEach(dayField);
    all('select[data-lookup]', from).forEach(lookupField);
    all('select[data-choose]', from).forEach(function (select) {
      if (!window.TomSelect) { return; }
      new window.TomSelect(select, { plugins: { remove_button: { title: document.body.dataset.remove } }, hidePlaceholder: true });
      select.setAttribute('aria-hidden', 'true');
    });
    all('textarea[maxlength]', from).forEach(counter);
  }

  /* Shown when three quarters of the room are used; a line end is sent as two characters. */
  function counter(area) {
    const most = Number(area.getAttribute('maxlength'));
    const mark = document.createElement('span');
    mark.className = 'counted';
    area.after(mark);
    function show() {
      mark.textContent = area.value.length > most * 0.75 ? area.value.length + ' / ' + most : '';
    }
    on(area, 'input', show);
    show();
  }

  function repeats() {
    all('[data-repeat]').forEach(function (group) {
      const body = one('tbody', group);
      const model = one('template', group);
      let next = 0;
      all('[name]', body).forEach(function (field) {
        const found = /-(\d+)-[^-]+$/.exec(field.name);
        if (found) { next = Math.max(next, Number(found[1]) + 1); }
      });
      function tidy() { one('table', group).classList.toggle('none', !body.children.length); }
      /* Rows are read in the order of their numbers. */
      function number() {
        all('tr', body).forEach(function (row, place) {
          all('[name]', row).forEach(function (field) {
            field.name = field.name.replace(/-\d+(-[^-]+)$/, '-' + place + '$1');
          });
        });
        next = body.children.length;
      }
      on(group, 'click', function (event) {
        const mover = event.target.closest('[data-move-row]');
        if (mover) {
          const row = mover.closest('tr');
          const up = mover.dataset.moveRow === 'up';
          const other = up ? row.previousElementSibling : row.nextElementSibling;
          if (!other) { return; }
          if (up) { body.insertBefore(row, other); } else { body.insertBefore(other, row); }
          number();
          mover.focus();
          group.dispatchEvent(new Event('change', { bubbles: true }));
        } else if (event.target.closest('[data-add-row]')) {
          const holder = document.createElement('tbody');
          holder.innerHTML = model.innerHTML.replace(/__n__/g, String(next));
          next += 1;
          const row = holder.firstElementChild;
          body.appendChild(row);
          tidy();
          fields(row);
          const first = one('input:not([type=hidden]), select, textarea', row);
          if (first) { first.tomselect ? first.tomselect.focus() : first.focus(); }
          group.dispatchEvent(new Event('change', { bubbles: true }));
        } else if (event.target.closest('[data-remove-row]')) {
          event.target.closest('tr').remove();
          tidy();
          group.dispatchEvent(new Event('change', { bubbles: true }));
        }
      });
      tidy();
    });
  }

  /* --- Forms: nothing typed is lost, nothing is sent twice --------------------------------------- */

  /* A form that a clerk fills in: whatever writes, but what only picks rows or sends itself. */
  function isFilledIn(form) {
    return form.matches('form[data-guard], form[method="post"]:not([data-unguarded])');
  }

  /* What was typed and not sent is not left without a question, in whatever form of the page. A form says
     `office:saved` where it was sent otherwise than by itself. */
  function guard() {
    const unsaved = new Set();
    let sending = null;
    function touch(form) {
      if (!form || !isFilledIn(form)) { return; }
      const mark = one('[data-unsaved]', form);
      unsaved.add(form);
      if (sending === form) { sending = null; }
      if (mark) { mark.hidden = false; }
    }
    all('form').forEach(function (form) {
      if (one('[data-problems]', form) || 'changed' in form.dataset) { touch(form); }
    });
    ['input', 'change'].forEach(function (name) {
      on(document, name, function (event) { touch(event.target.matches('form') ? event.target : event.target.form || event.target.closest('form')); });
    });
    on(document, 'submit', function (event) {
      const stays = event.defaultPrevented || (event.submitter && event.submitter.formTarget === '_blank');
      sending = stays ? null : event.target;
    });
    on(document, 'office:saved', function (event) { unsaved.delete(event.target); });
    on(window, 'beforeunload', function (event) {
      const left = Array.from(unsaved).some(function (form) { return form !== sending && form.isConnected; });
      if (!left) { return; }
      event.preventDefault();
      event.returnValue = '';
    });
    on(window, 'pageshow', function () { sending = null; });
    const main = one('form[data-guard]');
    if (main) { fillIn(main); }
  }

  function fillIn(form) {
    on(document, 'keydown', function (event) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        const save = one('[data-save]', form);
        event.preventDefault();
        if (save) { save.click(); }
      }
    });
    all('.bad', form).forEach(function (field) {
      const sheet = field.closest('.sheet');
      const link = sheet && one('.side a[href="#' + sheet.id + '"]');
      if (link) { link.classList.add('has-problem'); }
    });
    const problems = one('[data-problems]', form);
    if (problems) {
      problems.focus();
      on(problems, 'click', function (event) {
        const link = event.target.closest('a');
        const field = link && document.getElementById(link.hash.slice(1));
        if (!field) { return; }
        event.preventDefault();
        if (field.tomselect) { field.tomselect.focus(); } else if (field.matches('input,select,textarea')) { field.focus(); } else { field.scrollIntoView(); }
      });
    }
  }

  /* What was done last is undone as everywhere, while its button is there; what is being typed has an undo of its own. */
  function undoes() {
    on(document, 'keydown', function (event) {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'z') { return; }
      if (event.defaultPrevented || event.target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog, .tabulator')) { return; }
      const button = one('.toast-line button') || one('.flash.undoable [data-undo]');
      if (!button) { return; }
      event.preventDefault();
      button.click();
    });
  }

  function once() {
    on(document, 'submit', function (event) {
      if (event.defaultPrevented || event.target.method !== 'post') { return; }
      const form = event.target;
      if (event.submitter && event.submitter.formTarget === '_blank') { return; } /* the form stays */
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = '1';
      setTimeout(function () { delete form.dataset.sent; }, 8000);
    });
    on(window, 'pageshow', function () { all('form[data-sent]').forEach(function (form) { delete form.dataset.sent; }); });
  }

  /* --- Where on a long page I am -------------------------------------------------------------- */

  function spy() {
    all('[data-spy]').forEach(function (menu) {
      const links = all('a[href^="#"]', menu);
      const parts = links.map(function (link) { return document.getElementById(link.hash.slice(1)); });
      function show() {
        let now = 0;
        parts.forEach(function (part, at) { if (part && part.getBoundingClientRect().top < 140) { now = at; } });
        if (window.innerHeight + window.scrollY >= document.body.scrollHeight - 4 && window.scrollY > 0) { now = links.length - 1; }
        links.forEach(function (link, at) { link.classList.toggle('on', at === now); });
      }
      on(window, 'scroll', show);
      show();
    });
  }

  questions();
  givesBack();
  frame();
  lists();
  fields(document);
  on(document, 'office:fields', function (event) { fields(event.target); });
  repeats();
  guard();
  undoes();
  once();
  spy();
}());

/* --- Yearly reports: a text to copy, and pages of several forms ------------------------------------ */
(function () {
  'use strict';
  document.querySelectorAll('[data-copy]').forEach(function (button) {
    button.addEventListener('click', function () {
      const text = document.querySelector(button.dataset.copy);
      text.focus();
      text.select();
      // The older way: offices reach this by http as well, where the newer one is closed to pages.
      button.textContent = document.execCommand('copy') ? button.dataset.copied : button.dataset.uncopied;
    });
  });
  const problems = document.querySelector('form[data-guard-many] [data-problems]');
  if (problems) { problems.focus(); }
}());
