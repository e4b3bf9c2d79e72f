/* 批量录入: a grid over Tabulator. Paste, fill and typing are one kind of change, so that undo knows them all; the
   draft is kept on the server, which also checks and writes the rows. ES2019; Tabulator is the only library. */
(function () {
  'use strict';

  const place = document.getElementById('grid');
  if (!place || !window.Tabulator) { return; }
  const setup = JSON.parse(place.dataset.setup);
  const columns = setup.columns;
  const keys = columns.map(function (column) { return column.key; });
  const words = setup.words;
  const token = document.querySelector('form input[name="csrf_token"]').value;
  const state = document.querySelector('[data-grid-state]');
  const problems = document.querySelector('[data-grid-problems]');
  const done = document.querySelector('[data-grid-done]');
  const LEAST_ROWS = 30;
  const MORE_ROWS = 20;
  const MOST_PROBLEMS = 200;
  const MOST_STEPS = 50;
  const KEPT = 'draft:' + document.body.dataset.user + ':' + location.pathname;
  const SAVE_AFTER = 1500;
  const LOOK_UP_AFTER = 150;
  // More rows than these are checked when somebody asks for it.
  const CHECKED_AT_ONCE = 300;

  const told = window.innerWidth >= 900 ? setup.told : []; // columns that the head of each row says again

  let version = setup.version;
  let results = {};       // what the last check said of a row, by its number
  let answers = {};       // what was said of a row that waits for an answer, by its number
  let past = [];
  let future = [];
  let present = [];
  let saving = 0;
  let good = 0;           // rows that the last check would write
  let busy = false;
  let unsaved = false;    // whether something was typed that the server does not have yet
  let waiting = null;     // what is to be sent once the present request is over
  let lost = null;        // the rows of the last saving that had no answer: the server may have them
  let sent = null;        // when rows were sent for writing that had no answer, and how many: they may be written

  function button(name) { return document.querySelector('[data-grid-do="' + name + '"]'); }

  function say(text) { state.textContent = text; }

  // --- What stands in the grid ---------------------------------------------------------------

  function blank() { return keys.map(function () { return ''; }); }

  function filled(matrix) {
    const rows = matrix.slice();
    while (rows.length < LEAST_ROWS) { rows.push(blank()); }
    return rows;
  }

  function asData(matrix) {
    return matrix.map(function (row, number) {
      const data = { id: number };
      keys.forEach(function (key, column) { data[key] = row[column] || ''; });
      return data;
    });
  }

  function matrixNow() {
    return table.getData().map(function (data) {
      return keys.map(function (key) { return String(data[key] === undefined || data[key] === null ? '' : data[key]); });
    });
  }

  function trimmed(matrix) {
    let last = matrix.length;
    while (last > 0 && matrix[last - 1].every(function (cell) { return cell === ''; })) { last -= 1; }
    return matrix.slice(0, last);
  }

  function cellText(cell) {
    const element = cell.getElement();
    const result = results[cell.getRow().getData().id];
    const fault = result && result.faults[cell.getField()];
    element.classList.toggle('grid-wrong', Boolean(fault));
    if (fault) { element.title = fault; } else { element.removeAttribute('title'); }
    const text = document.createElement('span');
    text.textContent = cell.getValue() || '';
    return text;
  }

  function rowHead(cell) {
    const number = cell.getRow().getData().id;
    const result = results[number];
    const head = document.createElement('span');
    head.textContent = String(number + 1);
    told.forEach(function (key) {
      const text = String(cell.getRow().getData()[key] || '');
      if (!text) { return; }
      const mark = document.createElement('i');
      mark.textContent = text.replace(/^\d{4}-(?=\d\d-\d\d$)/, '');
      head.append(' ', mark);
    });
    if (result && result.word) {
      const mark = document.createElement('b');
      mark.className = 't-' + result.tone;
      mark.textContent = result.word;
      head.append(' ', mark);
    }
    return head;
  }

  present = filled(setup.rows);
  const begun = setup.begun;
  const table = new window.Tabulator(place, {
    data: asData(present),
    index: 'id',
    height: '58vh',
    layout: 'fitData',
    placeholder: '',
    selectableRange: 1,
    selectableRangeColumns: true,
    selectableRangeRows: true,
    editTriggerEvent: 'dblclick',
    rowHeader: {
      title: '', field: '_head', headerSort: false, resizable: false, frozen: true, width: told.length && window.innerWidth > 767 ? 196 : 92, formatter: rowHead,
      cssClass: 'grid-head',
    },
    columnDefaults: { headerSort: false, resizable: 'header' },
    columns: columns.map(function (column) {
      return {
        title: column.title + (column.required ? ' *' : ''), field: column.key, width: column.width,
        hozAlign: column.number ? 'right' : 'left', formatter: cellText, editor: editor, editorParams: { column: column },
      };
    }),
  });

  // --- Every change, and the way back --------------------------------------------------------

  function lookAgain() {
    button('undo').disabled = !past.length;
    button('redo').disabled = !future.length;
  }

  /* Take what stands in the grid now for a change; `before` is what stood there. */
  function changed(before) {
    past.push(before);
    if (past.length > MOST_STEPS) { past.shift(); }
    future = [];
    present = matrixNow();
    unchecked();
  }

  function unchecked() {
    button('write').disabled = true;
    lookAgain();
    window.clearTimeout(saving);
    saving = window.setTimeout(save, SAVE_AFTER);
    unsaved = true;
  }

  function show(matrix) {
    present = matrix;
    return table.replaceData(asData(matrix));
  }

  function step(from, to) {
    if (!from.length) { return; }
    to.push(present);
    results = {};
    showProblems();
    show(from.pop()).then(unchecked);
  }

  /* Select these places again: new data takes the selection to the first cell. */
  function selectAgain(where) {
    const first = table.getRow(where.top);
    const last = table.getRow(Math.min(where.bottom, present.length - 1));
    const range = table.getRanges()[0];
    if (first && last && range) { range.setBounds(first.getCell(keys[where.left]), last.getCell(keys[where.right])); }
  }

  /* Put texts into cells from a place on, as one change; the grid grows as far as it may. */
  function put(texts, top, left) {
    const where = selected();
    const before = present;
    const rows = before.slice();
    let told = '';
    texts.forEach(function (line, down) {
      const number = top + down;
      if (number >= setup.most) { told = words.tooMany.replace('{}', setup.most); return; }
      while (rows.length <= number) { rows.push(blank()); }
      const row = rows[number].slice();
      line.forEach(function (text, right) {
        if (left + right < keys.length) { row[left + right] = text; } else if (text) { told = words.cut; }
      });
      rows[number] = row;
      delete results[number];
    });
    if (told) { say(told); }
    return show(rows).then(function () {
      changed(before);
      selectAgain(where);
    });
  }

  /* So many companies are named, so many are counted, until another number is typed. */
  function propose(row, key, before) {
    const target = columns.find(function (column) { return column.counts === key; });
    if (!target) { return; }
    function count(text) { return text.split(/[、，,；;\n]/).filter(function (name) { return name.trim(); }).length; }
    const held = String(row.getData()[target.key] || '');
    const now = count(String(row.getData()[key] || ''));
    if (held && held !== String(count(before))) { return; }
    row.update({ [target.key]: now ? String(now) : '' });
  }

  table.on('cellEdited', function (cell) {
    const number = cell.getRow().getData().id;
    propose(cell.getRow(), cell.getField(), String(cell.getOldValue() || ''));
    if (told.indexOf(cell.getField()) >= 0) { cell.getRow().reformat(); }
    if (results[number]) {
      delete results[number];
      cell.getRow().reformat();
    }
    changed(present);
  });

  // --- What is selected ----------------------------------------------------------------------

  function selected() {
    const range = table.getRanges()[0];
    if (!range) { return { top: 0, bottom: 0, left: 0, right: 0 }; }
    const left = keys.indexOf(range.getColumns()[0].getField());
    return {
      top: range.getTopEdge(), bottom: range.getBottomEdge(), left: Math.max(left, 0),
      right: Math.max(left, 0) + range.getColumns().length - 1,
    };
  }

  function select(number, key) {
    const row = table.getRow(number);
    if (!row) { return; }
    table.scrollToRow(row, 'center', false).catch(function () { return null; }).then(function () {
      const cell = row.getCell(key);
      const range = table.getRanges()[0];
      if (range && cell) { range.setBounds(cell, cell); }
      cell.getElement().scrollIntoView({ block: 'nearest', inline: 'nearest' });
      place.querySelector('.tabulator-tableholder').focus();
    });
  }

  /* As spreadsheets do: Enter after some Tabs goes on below the cell where the first of them was pressed. */
  let tabbed = null;

  function move(way, number, key) {
    const ranges = table.modules.selectRange;
    if (way === 'right' && (!tabbed || tabbed.number !== number)) { tabbed = { number: number, key: key }; }
    const back = way === 'down' && tabbed && tabbed.number === number ? tabbed.key : '';
    if (way === 'down') { tabbed = null; }
    window.setTimeout(function () {
      if (back && table.getRow(number + 1)) { select(number + 1, back); } else { ranges.navigate(false, false, way); }
    }, 20);
  }

  // --- Paste and copy ------------------------------------------------------------------------

  /* Read cells as Excel and WPS put them on the clipboard: tabs, line ends, cells with line ends in quotes. */
  function cellsOf(text) {
    const lines = [[]];
    let cell = '';
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const sign = text[at];
      if (quoted) {
        if (sign === '"' && text[at + 1] === '"') { cell += '"'; at += 1; } else if (sign === '"') { quoted = false; } else { cell += sign; }
      } else if (sign === '"' && cell === '') {
        quoted = true;
      } else if (sign === '\t' || sign === '\n') {
        lines[lines.length - 1].push(cell.trim());
        cell = '';
        if (sign === '\n') { lines.push([]); }
      } else if (sign !== '\r') {
        cell += sign;
      }
    }
    const last = lines[lines.length - 1];
    if (cell !== '' || last.length) { last.push(cell.trim()); } else { lines.pop(); }
    return lines;
  }

  function isEditing() { return Boolean(place.querySelector('.tabulator-editing')); }

  function isHere() { return place.contains(document.activeElement) && !isEditing(); }

  document.addEventListener('paste', function (event) {
    if (!isHere()) { return; }
    event.preventDefault();
    const texts = cellsOf(event.clipboardData.getData('text/plain'));
    if (!texts.length) { return; }
    const where = selected();
    const one = texts.length === 1 && texts[0].length === 1;
    const wide = where.right - where.left + 1;
    const high = where.bottom - where.top + 1;
    const block = one ? Array.from({ length: high }, function () { return Array(wide).fill(texts[0][0]); }) : texts;
    put(block, where.top, where.left).then(function () {
      if (trimmed(present).length <= CHECKED_AT_ONCE) { check(); }
    });
  });

  function copied(event) {
    if (!isHere()) { return false; }
    const where = selected();
    const lines = present.slice(where.top, where.bottom + 1).map(function (row) {
      return row.slice(where.left, where.right + 1).map(function (text) {
        return /["\t\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
      }).join('\t');
    });
    event.clipboardData.setData('text/plain', lines.join('\r\n'));
    event.preventDefault();
    return true;
  }

  document.addEventListener('copy', copied);
  document.addEventListener('cut', function (event) { if (copied(event)) { clear(); } });

  // --- What the keys and buttons do ----------------------------------------------------------

  function block(where, textOf) {
    const texts = [];
    for (let row = where.top; row <= where.bottom; row += 1) {
      const line = [];
      for (let column = where.left; column <= where.right; column += 1) { line.push(textOf(row, column)); }
      texts.push(line);
    }
    return texts;
  }

  function clear() {
    const where = selected();
    put(block(where, function () { return ''; }), where.top, where.left);
  }

  function fill() {
    const where = selected();
    const top = where.top;
    put(block(where, function (row, column) { return present[top][column]; }), where.top, where.left);
  }

  function more() {
    const before = present;
    const rows = before.slice();
    for (let count = 0; count < MORE_ROWS && rows.length < setup.most; count += 1) { rows.push(blank()); }
    show(rows).then(function () { changed(before); });
  }

  function drop() {
    const before = present;
    const where = selected();
    const rows = before.slice(0, where.top).concat(before.slice(where.bottom + 1));
    results = {};
    showProblems();
    show(filled(rows)).then(function () { changed(before); });
  }

  const DEED_OF = { enter: 'check', s: 'save', z: 'undo', y: 'redo', d: 'fill' };
  const DEEDS = {
    save: function () { if (button('write').disabled) { check(); } else { write(); } },
    undo: function () { step(past, future); }, redo: function () { step(future, past); },
    fill: fill, more: more, drop: drop, check: check, write: write,
  };
  Object.keys(DEEDS).forEach(function (name) { if (button(name)) { button(name).addEventListener('click', DEEDS[name]); } });

  document.addEventListener('keydown', function (event) {
    const key = event.key.toLowerCase();
    const isHeld = event.ctrlKey || event.metaKey;
    if (isHeld && key === 's' && !isEditing()) {
      event.preventDefault();
      DEEDS.save();
      return;
    }
    if (!isHere()) { return; }
    if (isHeld) {
      const deed = key === 'z' && event.shiftKey ? 'redo' : DEED_OF[key];
      if (deed) {
        event.preventDefault();
        event.stopPropagation();
        DEEDS[deed]();
      }
      return;
    }
    if (event.altKey) { return; }
    if (key === 'escape') {
      /* Tab goes from cell to cell: this is the way out. */
      event.preventDefault();
      document.querySelector('.grid-tools button:not(:disabled)').focus();
    } else if (key === 'delete' || key === 'backspace') {
      event.preventDefault();
      clear();
    } else if (key === 'f2' || event.key === 'Process' || event.key.length === 1) {
      // The sign itself, or what an input method makes of it, goes into the box that opens here.
      const where = selected();
      const row = table.getRow(where.top);
      if (!row) { return; }
      row.getCell(keys[where.left]).edit(true);
      const box = place.querySelector('.tabulator-editing input');
      if (box && key !== 'f2') { box.value = ''; }
      if (key === 'f2') { event.preventDefault(); }
    }
  }, true);

  // --- One cell ------------------------------------------------------------------------------

  function editor(cell, onRendered, success, cancel, params) {
    const column = params.column;
    const box = document.createElement('input');
    box.className = 'grid-box';
    box.value = cell.getValue() || '';
    box.setAttribute('aria-label', column.title);
    box.autocomplete = 'off';
    const list = column.values.length || column.lookup ? suggestions(box, column, cell) : null;
    let over = false;

    function end(way) {
      if (over) { return; }
      over = true;
      if (list) { list.close(); }
      success(box.value.trim());
      if (way) { move(way, cell.getRow().getData().id, cell.getField()); }
    }

    function leave(deed, way) {
      end(deed ? '' : way);
      if (!deed) { return; }
      place.querySelector('.tabulator-tableholder').focus();
      DEEDS[deed]();
    }

    box.addEventListener('blur', function () { end(''); });
    box.addEventListener('keydown', function (event) {
      if (event.isComposing) { return; }
      const held = event.ctrlKey || event.metaKey ? event.key.toLowerCase() : '';
      const deed = held === 'enter' || held === 's' ? DEED_OF[held] : '';
      const waits = list && (deed || event.key === 'Enter' || event.key === 'Tab') ? list.awaited() : null;
      const way = event.key === 'Enter' ? 'down' : event.shiftKey ? 'left' : 'right';
      if (waits) {
        event.preventDefault();
        waits.then(function () { leave(deed, way); });
      } else if (list && !deed && list.key(event)) {
        event.preventDefault();
      } else if (deed) {
        event.preventDefault();
        if (list) { list.key(event); }
        leave(deed, way);
      } else if (event.key === 'Enter' || event.key === 'Tab') {
        event.preventDefault();
        end(way);
      } else if (event.key === 'Escape') {
        over = true;
        if (list) { list.close(); }
        cancel();
      }
      event.stopPropagation();
    });
    onRendered(function () { box.focus({ preventScroll: true }); box.select(); });
    return box;
  }

  /* What may be meant by what is typed: words of a closed list, or records found by name and pinyin initials. */
  function suggestions(box, column, cell) {
    const list = document.createElement('ul');
    list.className = 'grid-list';
    list.setAttribute('role', 'listbox');
    let chosen = -1;
    let asked = 0;
    let timer = 0;

    function parts() {
      const at = column.many ? Math.max.apply(null, ['、', '，', ',', '；', ';'].map(function (sign) { return box.value.lastIndexOf(sign); })) + 1 : 0;
      return [box.value.slice(0, at), box.value.slice(at).trim()];
    }

    function close() { list.remove(); chosen = -1; asked += 1; window.clearTimeout(timer); }

    function take(text) {
      box.value = parts()[0] + text;
      close();
      box.focus();
    }

    function mark(number) {
      chosen = number;
      Array.from(list.children).forEach(function (item, at) { item.classList.toggle('on', at === number); item.setAttribute('aria-selected', String(at === number)); });
      if (list.children[number]) { list.children[number].scrollIntoView({ block: 'nearest' }); }
    }

    function offer(items) {
      list.textContent = '';
      items.slice(0, 30).forEach(function (item) {
        const line = document.createElement('li');
        line.setAttribute('role', 'option');
        line.textContent = item.text;
        if (item.hint) {
          const hint = document.createElement('small');
          hint.textContent = item.hint;
          line.append(' ', hint);
        }
        line.dataset.value = item.text;
        line.addEventListener('mousedown', function (event) { event.preventDefault(); take(item.text); });
        list.append(line);
      });
      if (!items.length) { list.remove(); return; }
      const around = box.getBoundingClientRect();
      document.body.append(list);
      list.style.left = around.left + 'px';
      list.style.minWidth = around.width + 'px';
      list.style.top = Math.min(around.bottom, window.innerHeight - list.offsetHeight - 4) + 'px';
      mark(column.lookup && parts()[1] ? 0 : -1);
    }

    let answered = '';
    let taking = null;

    /* Who is faster than the answer waits for it, as in a form. */
    function awaited() {
      const typed = parts()[1];
      if (!column.lookup || !typed || answered === typed || chosen >= 0) { return null; }
      return new Promise(function (resolve) {
        taking = function (items) {
          taking = null;
          if (items.length) { box.value = parts()[0] + items[0].text; }
          close();
          resolve();
        };
        window.clearTimeout(timer);
        look();
        window.setTimeout(function () { if (taking) { taking([]); } }, 3000);
      });
    }

    function look() {
      const typed = parts()[1];
      if (column.values.length) {
        const known = column.values.filter(function (word) { return word.includes(typed); });
        offer((known.length ? known : column.values).map(function (word) { return { text: word }; }));
        return;
      }
      if (!typed) { list.remove(); return; }
      const mine = asked += 1;
      const place = column.within ? cell.getRow().getData()[column.within] || '' : '';
      window.fetch(column.lookup + '?q=' + encodeURIComponent(typed) + (place ? '&within=' + encodeURIComponent(place) : ''), { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
        .then(function (answer) { return answer.ok ? answer.json() : { results: [] }; })
        .then(function (answer) {
          if (mine !== asked || !box.isConnected) { return; }
          answered = typed;
          if (taking) { taking(answer.results); } else { offer(answer.results); }
        })
        .catch(function () { if (taking) { taking([]); } });
    }

    box.addEventListener('input', function () {
      answered = '';
      chosen = -1;
      window.clearTimeout(timer);
      timer = window.setTimeout(look, column.lookup ? LOOK_UP_AFTER : 0);
    });
    if (column.values.length) { window.setTimeout(function () { if (box.isConnected) { look(); } }, 0); }

    return {
      close: close,
      awaited: awaited,
      key: function (event) {
        const count = list.isConnected ? list.children.length : 0;
        if (!count) { return false; }
        if (event.key === 'ArrowDown') { mark(Math.min(chosen + 1, count - 1)); return true; }
        if (event.key === 'ArrowUp') { mark(Math.max(chosen - 1, -1)); return true; }
        if (event.key === 'Escape') { close(); return true; }
        if ((event.key === 'Enter' || event.key === 'Tab') && chosen >= 0) {
          box.value = parts()[0] + list.children[chosen].dataset.value;
          close();
        }
        return false;
      },
    };
  }

  // --- What the server is asked --------------------------------------------------------------

  /* Send the rows; one request at a time, since each moves the version of the draft. */
  function send(address, told, take) {
    if (busy) {
      waiting = function () { send(address, told, take); };
      return;
    }
    busy = true;
    window.clearTimeout(saving);
    say(told);
    const rows = trimmed(present);
    const writes = address === setup.write;
    const before = sent;
    if (writes) {
      sent = { at: Date.now(), count: rows.length };
      keep(rows);
    }
    window.fetch(address, {
      method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
      body: JSON.stringify({ version: version, rows: rows, answers: answers }),
    }).then(function (answer) {
      const type = answer.headers.get('Content-Type') || '';
      if (answer.status === 401) { sent = before; keep(rows); say(words.signedOut); return null; }
      if (!type.includes('application/json')) { throw new Error(String(answer.status)); }
      return answer.json().then(function (body) {
        if (body.version) { version = body.version; }
        if (answer.ok && isAsSent(rows)) { unsaved = false; }
        if (answer.ok) {
          lost = null;
          sent = null;
          forget();
          take(body, rows);
        } else {
          sent = before;
          keep(rows);
          say(body.said || words.failed);
        }
      });
    }).catch(function () {
      if (!writes) { lost = rows; }
      keep(rows);
      say(words.failed);
    }).then(function () {
      busy = false;
      const next = waiting;
      waiting = null;
      if (next) { next(); }
    });
  }

  /* What the server could not take stays in this browser until it can: of the draft that it belongs to alone. */
  function keep(rows) {
    try { localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), version: version, rows: rows, lost: lost, sent: sent })); } catch (problem) { /* no room */ }
  }

  function forget() {
    try { localStorage.removeItem(KEPT); } catch (problem) { /* nothing is kept here */ }
  }

  function kept() {
    let held = null;
    try { held = JSON.parse(localStorage.getItem(KEPT) || 'null'); } catch (problem) { return null; }
    if (!held || !Array.isArray(held.rows)) { return null; }
    held.rows = held.rows.filter(function (row) { return Array.isArray(row) && row.length === keys.length; });
    return held;
  }

  /* What stays in this browser comes back whole where the draft is still the one that it belongs to, or the last saving
     of it that had no answer. Of another draft the rows come that it does not have; but what was sent for writing may
     be written already, and is not put in again. */
  function bringBack() {
    const held = kept();
    const before = present;
    if (!held) { return Promise.resolve(); }
    const isOwn = held.version === setup.version
      || (!held.sent && held.lost && JSON.stringify(held.lost) === JSON.stringify(trimmed(present)));
    if (held.sent) { tell(words.sent.replace('{}', moment(held.sent.at))); }
    if (isOwn) {
      return show(filled(held.rows)).then(function () { changed(before); say(words.kept); });
    }
    const rows = trimmed(present);
    const fresh = missing(held.sent ? held.rows.slice(held.sent.count) : held.rows);
    if (!fresh.length) { return Promise.resolve(); }
    if (!held.sent) { tell(words.keptAt.replace('{}', moment(held.at))); }
    return show(filled(rows.concat(fresh).slice(0, setup.most))).then(function () { changed(before); });
  }

  function tell(text) {
    done.textContent = text;
    done.hidden = false;
  }

  /* Return the rows that do not stand in the grid yet; those that do count once each. */
  function missing(wanted) {
    const left = trimmed(present);
    return wanted.filter(function (row) {
      if (row.every(function (cell) { return cell === ''; })) { return false; }
      const at = left.findIndex(function (other) {
        return row.every(function (cell, column) { return cell === '' || cell === other[column]; });
      });
      if (at >= 0) { left.splice(at, 1); }
      return at < 0;
    });
  }

  /* The rows of a week stand below what is in the draft already; those that are there come once. */
  function begin() {
    window.history.replaceState(null, '', location.pathname);
    const rows = trimmed(present);
    const fresh = missing(begun.rows);
    if (!fresh.length) {
      say(begun.rows.length ? words.there : '');
      select(0, begun.begins);
      return;
    }
    const before = present;
    show(filled(rows.concat(fresh).slice(0, setup.most))).then(function () {
      changed(before);
      select(rows.length, begun.begins);
    });
  }

  function time() { return moment(Date.now()); }

  /* Return a moment as the office writes it: the day only where it is another one. */
  function moment(at) {
    const then = new Date(at);
    const day = [then.getFullYear(), then.getMonth() + 1, then.getDate()].map(function (part) { return String(part).padStart(2, '0'); }).join('-');
    return (then.toDateString() === new Date().toDateString() ? '' : day + ' ') + then.toTimeString().slice(0, 5);
  }

  function save() {
    if (busy) { saving = window.setTimeout(save, SAVE_AFTER); return; }
    send(setup.draft, words.saving, function () { say(words.saved + ' ' + time()); });
  }

  function isAsSent(rows) { return JSON.stringify(rows) === JSON.stringify(trimmed(present)); }

  function check() {
    send(setup.check, words.checking, function (answer, rows) {
      if (!isAsSent(rows)) { return; }
      mark(answer);
      good = answer.good;
      button('write').disabled = !good;
    });
  }

  function mark(answer) {
    results = {};
    answers = {};
    answer.results.forEach(function (result) { results[result.place] = result; });
    say(answer.said);
    table.getRows().forEach(function (row) { row.reformat(); });
    showProblems();
  }

  function showProblems() {
    const list = problems.querySelector('ul');
    list.textContent = '';
    Object.keys(results).forEach(function (number) {
      const faults = results[number].faults;
      Object.keys(faults).forEach(function (key) {
        if (list.children.length >= MOST_PROBLEMS) { return; }
        const column = columns[keys.indexOf(key)];
        const line = document.createElement('li');
        const link = document.createElement('button');
        link.type = 'button';
        link.className = 'btn btn-link btn-sm';
        link.textContent = words.row.replace('{}', String(Number(number) + 1)) + ' ' + column.title;
        link.addEventListener('click', function () { select(Number(number), key); });
        const text = document.createElement('span');
        text.textContent = faults[key];
        line.append(link, text);
        if (key === Object.keys(faults)[0]) { offer(line, number); }
        list.append(line);
      });
    });
    problems.hidden = !list.children.length;
  }

  /* The answers that a row waits for, one of which may be chosen. */
  function offer(line, number) {
    results[number].answers.forEach(function (answer) {
      const choice = document.createElement('button');
      choice.type = 'button';
      choice.className = 'btn btn-light btn-sm';
      choice.textContent = answer[1];
      choice.setAttribute('aria-pressed', 'false');
      choice.addEventListener('click', function () {
        const again = answers[number] === answer[0];
        line.querySelectorAll('[aria-pressed]').forEach(function (other) { other.setAttribute('aria-pressed', 'false'); });
        if (again) { delete answers[number]; } else { answers[number] = answer[0]; choice.setAttribute('aria-pressed', 'true'); }
        button('write').disabled = !good && !Object.keys(answers).length;
      });
      line.append(choice);
    });
  }

  function undoing(address) {
    const form = document.createElement('form');
    const field = document.createElement('input');
    const press = document.createElement('button');
    form.method = 'post';
    form.action = address;
    field.type = 'hidden';
    field.name = 'csrf_token';
    field.value = token;
    press.className = 'btn btn-light btn-sm';
    press.textContent = words.undo;
    form.append(field, press);
    return form;
  }

  function write() {
    button('write').disabled = true;
    send(setup.write, words.writing, function (answer) {
      past = [];
      future = [];
      show(filled(answer.rows)).then(function () {
        present = matrixNow();
        mark(answer);
        lookAgain();
        select(0, keys[0]);
      });
      done.textContent = '';
      if (answer.batch) {
        const link = document.createElement('a');
        link.href = answer.batch;
        link.textContent = words.batch;
        done.append(answer.said, ' ', link, ' ', undoing(answer.undo));
        done.hidden = false;
      }
    });
  }

  window.addEventListener('beforeunload', function (event) {
    if (!unsaved) { return; }
    event.preventDefault();
    event.returnValue = '';
  });

  /* Who came for a week is asked of which base, or only has to say yes. */
  function askForWeek() {
    const form = document.querySelector('[data-week]');
    if (!form || !new URLSearchParams(location.search).has('week')) { return; }
    const look = form.querySelector('select');
    if (form.querySelector('[aria-invalid]')) {
      form.querySelector('[aria-invalid]').focus();
    } else if (look.value || !look.tomselect) {
      form.querySelector('button.btn').focus();
    } else {
      look.tomselect.focus();
    }
  }

  table.on('tableBuilt', function () {
    // Only the rows in sight are laid out when the selection moves: of 5,000 each step would take a second.
    const ranges = table.modules.selectRange;
    const layOut = ranges.layoutElement.bind(ranges);
    ranges.layoutElement = function () { layOut(true); };
    // What takes the keyboard is the group of rows; the box within it is none.
    place.querySelector('.tabulator-tableholder').setAttribute('role', 'rowgroup');
    place.querySelector('.tabulator-table').removeAttribute('role');
    lookAgain();
    bringBack().then(function () {
      if (begun) { begin(); } else { askForWeek(); }
      place.dataset.ready = 'yes';
    });
  });
}());
