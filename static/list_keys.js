/* A list by keyboard: j and k go from record to record, p shows one beside the list, x selects it, b goes to what is
   done with the selected; arrows go from cell to cell, and F2, Enter or a double click edits one where it stands. */
(function () {
  'use strict';

  const table = document.querySelector('table[data-beside]');
  if (!table) { return; }
  const words = table.dataset;
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[0].cells);
  const json = { Accept: 'application/json' };
  let panel = null;
  let editor = null;
  let asked = 0;

  function make(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name;
    if (text) { made.textContent = text; }
    return made;
  }

  function link(row) { return row.querySelector('th a'); }
  /* The rows of records; where the list is divided, heads stand between them. */
  function rows() { return Array.from(body.rows).filter(function (row) { return !row.matches('.group-head'); }); }
  function beside(row, by) {
    const all = rows();
    return all[all.indexOf(row) + by] || row;
  }
  function idOf(row) { return new URL(link(row).href).searchParams.get('id') || ''; }
  function rowNow() {
    const inside = document.activeElement.closest && document.activeElement.closest('tbody tr:not(.group-head)');
    return inside && body.contains(inside) ? inside : body.querySelector('tr.now') || null;
  }

  function mark(row) {
    Array.from(body.querySelectorAll('tr.now')).forEach(function (other) { other.classList.remove('now'); });
    if (row) { row.classList.add('now'); }
  }

  function goTo(row) {
    if (!row) { return; }
    mark(row);
    link(row).focus();
    row.scrollIntoView({ block: 'nearest' });
    if (panel) { show(row); }
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(rowNow());
    goTo(at < 0 ? all[0] : all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  /* --- What was done, and what undoes it ------------------------------------------------------- */

  function toast(text, undo) {
    const old = document.querySelector('.toast-line');
    if (old) { old.remove(); }
    const line = make('div', 'toast-line');
    line.setAttribute('role', 'status');
    line.appendChild(make('span', '', text));
    if (undo) {
      const button = make('button', 'btn btn-light btn-sm', words.undo);
      button.type = 'button';
      button.addEventListener('click', function () { line.remove(); undo(); });
      line.appendChild(button);
    }
    document.body.appendChild(line);
    (function goLater() {
      setTimeout(function () { if (line.contains(document.activeElement)) { goLater(); } else { line.remove(); } }, 12000);
    }());
  }

  function send(address, data) {
    return fetch(address + location.search, { method: 'POST', body: data, headers: json, credentials: 'same-origin' })
      .then(function (reply) {
        if (reply.status === 401) { return { problem: words.signedOut, signedOut: true }; }
        return reply.json().catch(function () { return { problem: words.failed }; });
      }).catch(function () { return { problem: words.failed }; });
  }

  function replace(row, html) {
    const holder = document.createElement('tbody');
    holder.innerHTML = html;
    const fresh = holder.rows[0];
    const box = row.querySelector('input[name=id]');
    const own = fresh.querySelector('input[name=id]');
    if (box && own) {
      /* The script of the selection knows this box: it stays, with the version that is shown now. */
      box.value = own.value;
      own.replaceWith(box);
    }
    row.replaceWith(fresh);
    fresh.classList.toggle('picked', Boolean(box && box.checked));
    mark(fresh);
    return fresh;
  }

  /* --- A cell that is edited where it stands ---------------------------------------------------- */

  function keyOf(cell) { return cell && cell.tagName === 'TD' && heads[cell.cellIndex] ? heads[cell.cellIndex].dataset.edit || '' : ''; }

  function focusCell(cell) {
    if (!cell) { return; }
    cell.tabIndex = -1;
    cell.focus();
    mark(cell.parentNode);
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  const ROOM = { look: 300, area: 150, usual: 60 }; // pixels that a field and what opens below it take

  function place() {
    if (!editor || !editor.form.parentNode) { return; }
    const at = editor.cell.getBoundingClientRect();
    const room = Math.max(editor.look ? ROOM.look : editor.field.matches('textarea') ? ROOM.area : ROOM.usual, editor.form.offsetHeight + 8);
    editor.form.style.minWidth = Math.min(at.width, 480) + 'px';
    editor.form.style.minHeight = at.height + 'px';
    editor.form.style.left = Math.max(4, Math.min(at.left, window.innerWidth - editor.form.offsetWidth - 4)) + 'px';
    editor.form.style.top = Math.max(4, Math.min(at.top, window.innerHeight - room)) + 'px';
  }

  /* A long text has as many lines as it needs, up to a few. */
  function grow() {
    if (!editor.field.matches('textarea')) { return; }
    editor.field.style.height = 'auto';
    editor.field.style.height = Math.min(Math.max(editor.field.scrollHeight + 2, 56), 220) + 'px';
    place();
  }

  function typed(form) {
    return Array.from(new FormData(form).entries()).filter(function (pair) { return ['csrf_token', 'version'].indexOf(pair[0]) < 0; })
      .map(function (pair) { return pair.join('='); }).join('\n');
  }

  function close() {
    if (!editor) { return; }
    const cell = editor.cell;
    editor.form.remove();
    editor = null;
    if (document.contains(cell)) { focusCell(cell); }
  }

  function edit(cell) {
    const key = keyOf(cell);
    if (!key || editor) { return; }
    const form = make('form', 'cell-editor');
    const mine = { form: form, cell: cell, sending: false, confirm: [] };
    editor = mine;
    form.method = 'post';
    form.noValidate = true;
    ['nothing', 'searching', 'type', 'add', 'failed'].forEach(function (name) { form.dataset[name] = words[name]; });
    mine.address = words.cell + '?id=' + encodeURIComponent(idOf(cell.parentNode)) + '&field=' + encodeURIComponent(key);
    fetch(mine.address, { credentials: 'same-origin' }).then(function (reply) {
      if (reply.redirected) { throw new Error(words.failed); }  // the session has ended
      return reply.ok ? reply.text() : reply.json().then(function (told) { throw new Error(told.problem); });
    }).then(function (html) {
      if (editor !== mine) { return; }
      form.innerHTML = html;
      document.body.appendChild(form);
      mine.field = form.querySelector('.form-control, input:not([type=hidden]), select');
      form.classList.toggle('wide', mine.field.matches('textarea, select[data-lookup], select[data-choose]'));
      form.dispatchEvent(new Event('office:fields', { bubbles: true }));
      mine.look = mine.field.tomselect || null;
      mine.was = typed(form);
      place();
      focusField();
      if (mine.field.matches('textarea')) { grow(); form.addEventListener('input', grow); } else if (mine.field.select && !mine.look) { mine.field.select(); }
      form.addEventListener('submit', function (event) { event.preventDefault(); event.stopPropagation(); save(0, true); });
      form.addEventListener('keydown', keyed, true); // before a look-up takes what it had marked before its answer came
    }).catch(function (problem) {
      editor = null;
      toast(problem.message || words.failed);
      focusCell(cell);
    });
  }

  function focusField() { if (editor.look) { editor.look.focus(); } else { editor.field.focus(); } }

  /* Among several ticks Tab goes on from one to the next before it leaves the cell. */
  function staysInside(event) {
    const ticks = Array.from(editor.form.querySelectorAll('.picks input'));
    const at = ticks.indexOf(event.target);
    return at >= 0 && Boolean(ticks[at + (event.shiftKey ? -1 : 1)]);
  }

  function keyed(event) {
    const isSure = event.target.matches('.wrong button');
    if (event.isComposing) { return; }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); return; }
    if (event.key !== 'Enter' && event.key !== 'Tab') { return; }
    event.stopPropagation();
    if (event.key === 'Enter' && editor.field.matches('textarea') && !isSure && !event.ctrlKey && !event.metaKey) { return; }
    if (event.key === 'Tab' && (editor.confirm.length || staysInside(event))) { return; }
    event.preventDefault();
    const then = event.key === 'Enter' ? 0 : event.shiftKey ? -1 : 1;
    const mine = editor;
    const look = mine.look;
    const picks = look && !isSure && (look.inputValue() || (event.key === 'Enter' && look.isOpen && look.activeOption));
    // Of several names each is taken by Enter; Enter with nothing typed saves.
    const stays = picks && look.settings.mode === 'multi' && event.key === 'Enter' && !event.ctrlKey;
    function goOnFrom() { if (editor === mine && !stays) { save(then, isSure); } }
    const waits = picks ? pick(look, event) : null;
    if (waits) { waits.then(goOnFrom); } else { goOnFrom(); }
  }

  function pick(look, event) {
    if (look.inputValue() && look.takeTyped) { return look.takeTyped(); }
    if (look.activeOption) { look.onOptionSelect(event, look.activeOption); }
    return null;
  }

  function say(text, confirm) {
    const wrong = editor.form.querySelector('.wrong');
    wrong.hidden = false;
    wrong.textContent = text;
    editor.field.setAttribute('aria-invalid', 'true');
    editor.confirm = confirm || [];
    editor.asked = typed(editor.form);
    if (editor.confirm.length) {
      const sure = make('button', 'btn btn-primary btn-sm', words.sure);
      wrong.appendChild(sure);
    }
    place();
    focusField();
  }

  /* Who has signed in anew meanwhile has another token. */
  function renewed(mine, data) {
    return fetch(mine.address, { credentials: 'same-origin' }).then(function (reply) { return reply.ok && !reply.redirected ? reply.text() : ''; })
      .then(function (html) {
        const found = new DOMParser().parseFromString(html, 'text/html').querySelector('[name=csrf_token]');
        if (!found) { return; }
        data.set('csrf_token', found.value);
        mine.form.elements.csrf_token.value = found.value;
      }).catch(function () { return null; });
  }

  // What was warned of is written by the button alone (`sure`), never by going elsewhere.
  function save(then, sure) {
    const mine = editor;
    if (!mine || mine.sending || !mine.form.parentNode) { return; }
    const now = typed(mine.form);
    const cell = mine.cell;
    const row = cell.parentNode;
    const at = cell.cellIndex;
    if (now === mine.was && !mine.confirm.length) {
      close();
      goOn(row, at, then);
      return;
    }
    if (mine.confirm.length && !sure && now === mine.asked) { return; }
    const data = new FormData(mine.form);
    (sure ? mine.confirm : []).forEach(function (token) { data.append('confirmed', token); });
    mine.sending = true;
    (mine.signedOut ? renewed(mine, data) : Promise.resolve()).then(function () { return send(words.cell, data); }).then(function (told) {
      mine.sending = false;
      if (editor !== mine) { return; }
      mine.signedOut = Boolean(told.signedOut);
      if (told.problem) {
        /* Somebody else was first: their row is shown behind, and what was typed is held against their version. */
        if (told.row) {
          mine.cell = replace(row, told.row).cells[at];
          mine.form.elements.version.value = told.version;
        }
        say(told.problem, told.confirm);
        return;
      }
      mine.form.remove();
      editor = null;
      const fresh = replace(row, told.row);
      focusCell(fresh.cells[at]);
      if (told.changed) { toast(told.said, function () { takeBack(fresh, data, told.version, at); }); }
      if (panel) { show(fresh); }
      goOn(fresh, at, then);
    });
  }

  /* To the next cell that may be edited; a row ends where it ends. */
  function goOn(row, at, by) {
    if (!by) { return; }
    let next = at + by;
    while (row.cells[next] && !keyOf(row.cells[next])) { next += by; }
    if (row.cells[next]) { focusCell(row.cells[next]); edit(row.cells[next]); }
  }

  function takeBack(row, sent, version, at) {
    const data = new FormData();
    data.append('csrf_token', sent.get('csrf_token'));
    data.append('id', sent.get('id'));
    data.append('version', version);
    send(words.takeBack, data).then(function (told) {
      toast(told.problem || told.said);
      if (told.row && document.contains(row)) { focusCell(replace(row, told.row).cells[at]); }
    });
  }

  /* --- A record beside the list ------------------------------------------------------------------ */

  /* On a wide screen it is a second pane: the next list opens with it again, until it is shut. */
  const isWide = window.matchMedia('(min-width: 1600px)');
  const STAYS = 'beside';

  function remember(opened) {
    try {
      if (opened) { sessionStorage.setItem(STAYS, '1'); } else { sessionStorage.removeItem(STAYS); }
    } catch (refused) { /* a browser that keeps nothing shows it when asked */ }
  }

  function isRemembered() {
    try { return isWide.matches && sessionStorage.getItem(STAYS) === '1'; } catch (refused) { return false; }
  }

  function show(row) {
    const mine = asked += 1;
    mark(row);
    if (!panel) {
      panel = make('aside', 'beside');
      panel.setAttribute('aria-label', link(row).textContent);
      const head = make('div', 'beside-tools');
      [['‹', words.previous, function () { step(-1); }], ['›', words.next, function () { step(1); }],
        ['×', words.close, shut]].forEach(function (tool) {
        const button = make('button', 'tool', tool[0]);
        button.type = 'button';
        button.title = tool[1];
        button.setAttribute('aria-label', tool[1]);
        button.addEventListener('click', tool[2]);
        head.appendChild(button);
      });
      const whole = make('a', 'btn btn-light btn-sm', words.whole);
      head.insertBefore(whole, head.firstChild);
      panel.append(head, make('div', 'beside-body'));
      document.body.appendChild(panel);
      document.body.classList.add('has-beside');
      remember(true);
    }
    const holder = panel.querySelector('.beside-body');
    panel.querySelector('a').href = link(row).href;
    fetch(words.beside + '?beside=1&id=' + encodeURIComponent(idOf(row)), { credentials: 'same-origin' }).then(function (reply) {
      if (!reply.ok || reply.redirected) { throw new Error(String(reply.status)); }
      return reply.text();
    }).then(function (html) {
      if (mine !== asked || !panel) { return; }
      holder.innerHTML = html;
      holder.scrollTop = 0;
      panel.setAttribute('aria-label', link(row).textContent);
      panel.dataset.shown = idOf(row);
    }).catch(function () {
      if (mine === asked && panel) { holder.textContent = words.failed; }
    });
  }

  function shut() {
    if (!panel) { return; }
    panel.remove();
    panel = null;
    document.body.classList.remove('has-beside');
    remember(false);
    const row = body.querySelector('tr.now');
    if (row) { link(row).focus(); }
  }

  /* --- Keys and clicks ----------------------------------------------------------------------------- */

  function isTyping(target) {
    return Boolean(target.closest('input:not([type=checkbox]), select, textarea, [contenteditable], dialog, .cell-editor'));
  }

  document.addEventListener('keydown', function (event) {
    const target = event.target;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(target)) { return; }
    const cell = target.closest('tbody tr:not(.group-head) td, tbody tr:not(.group-head) th');
    const inList = cell && body.contains(cell);
    const row = rowNow();
    let done = true;
    if (event.key === 'j' || (event.key === 'ArrowDown' && inList && !panel)) {
      if (event.key === 'j' || cell.tagName === 'TH') { step(1); } else { focusCell(beside(cell.parentNode, 1).cells[cell.cellIndex]); }
    } else if (event.key === 'k' || (event.key === 'ArrowUp' && inList && !panel)) {
      if (event.key === 'k' || cell.tagName === 'TH') { step(-1); } else { focusCell(beside(cell.parentNode, -1).cells[cell.cellIndex]); }
    } else if (event.key === 'p') {
      if (panel) { shut(); } else { goTo(row || rows()[0]); show(row || rows()[0]); }
    } else if (event.key === 'x' && row && row.querySelector('td.pick')) {
      row.querySelector('td.pick').click();
    } else if (event.key === 'b' && document.querySelector('.list.selecting')) {
      document.querySelector('.bulk button:not([hidden])').focus();
    } else if (event.key === 'Escape' && panel) {
      shut();
    } else if (event.key === 'Enter' && panel && !inList && target.tagName !== 'A' && target.tagName !== 'BUTTON') {
      if (row) { link(row).click(); }
    } else if (inList && event.key === 'ArrowRight' && cell.nextElementSibling && !cell.nextElementSibling.matches('.act')) {
      focusCell(cell.nextElementSibling);
    } else if (inList && event.key === 'ArrowLeft' && cell.previousElementSibling && !cell.previousElementSibling.matches('.pick')) {
      const before = cell.previousElementSibling;
      if (before.tagName === 'TH') { link(cell.parentNode).focus(); } else { focusCell(before); }
    } else if (inList && (event.key === 'F2' || event.key === 'Enter') && target === cell && keyOf(cell)) {
      edit(cell);
    } else {
      done = false;
    }
    if (done) { event.preventDefault(); }
  });

  /* From what is done with the selected back to the list. */
  const bulk = document.querySelector('.bulk');
  if (bulk) {
    bulk.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape') { return; }
      event.preventDefault();
      goTo(rowNow() || rows()[0]);
    });
  }

  body.addEventListener('dblclick', function (event) {
    const cell = event.target.closest('td');
    if (keyOf(cell)) { event.preventDefault(); edit(cell); }
  });
  body.addEventListener('click', function (event) {
    const cell = event.target.closest('tr:not(.group-head) td:not(.pick):not(.act)');
    if (!cell || event.target.closest('a, button, input')) { return; }
    focusCell(cell);
    if (panel) { show(cell.parentNode); }
  });
  body.addEventListener('mouseover', function (event) {
    const cell = event.target.closest('td');
    if (words.hint && keyOf(cell) && !cell.title && cell.scrollWidth <= cell.clientWidth) { cell.title = words.hint; }
  });
  document.addEventListener('mousedown', function (event) {
    if (!editor || !editor.form.parentNode || editor.form.contains(event.target) || event.target.closest('.flatpickr-calendar')) { return; }
    if (editor.confirm.length) { close(); } else { save(0); }
  });
  Array.from(document.querySelectorAll('[data-peek]')).forEach(function (button) {
    button.addEventListener('click', function () {
      if (panel) { shut(); } else { goTo(rowNow() || rows()[0]); show(rowNow() || rows()[0]); }
    });
  });
  window.addEventListener('resize', place);
  document.addEventListener('scroll', place, true);
  if (isRemembered() && body.rows[0]) { show(body.rows[0]); }
}());
