/* The columns of a list: dragged into order by their headings and to their width by the edge of these. The menu of
   columns does the same by keyboard. ES2019, no library of our own making. */
(function () {
  'use strict';

  const form = document.querySelector('form[data-columns]');
  const table = document.querySelector('.table-box table.rows');
  const all = function (selector, from) { return Array.from((from || document).querySelectorAll(selector)); };
  const STEPS = 8;
  if (!form) { return; }

  /* --- The menu: up, down ------------------------------------------------------------------- */

  form.addEventListener('click', function (event) {
    const mover = event.target.closest('[data-up],[data-down]');
    if (!mover) { return; }
    const row = mover.closest('.column-choice');
    const other = mover.hasAttribute('data-up') ? row.previousElementSibling : row.nextElementSibling;
    if (!other) { return; }
    row.parentNode.insertBefore(row, mover.hasAttribute('data-up') ? other : other.nextElementSibling);
    mover.focus();
  });

  function rowOf(key) { return all('.column-choice').find(function (row) { return row.querySelector('[name=columns]').value === key; }); }
  function keep() { form.querySelector('[value=keep]').click(); }
  if (!table) { return; }

  const heads = all('thead th', table);
  const sheet = document.styleSheets[document.styleSheets.length - 1];

  /* --- What stays in sight: each beside the one before it -------------------------------------- */

  function pin() {
    const first = heads[0];
    let left = first.offsetWidth + (first.previousElementSibling ? first.previousElementSibling.offsetWidth : 0);
    heads.slice(1).forEach(function (head) {
      if (!head.classList.contains('pin')) { return; }
      sheet.insertRule('.rows tr > :nth-child(' + (head.cellIndex + 1) + ').pin { left: ' + left + 'px; }', sheet.cssRules.length);
      left += head.offsetWidth;
    });
    /* What has the focus comes beside them, not behind them. */
    sheet.insertRule('.list .rows tbody td:not(.act):not(.pick):not(.pin) { scroll-margin-left: ' + left + 'px; }', sheet.cssRules.length);
  }
  if (table.querySelector('thead .pin')) { pin(); }

  /* --- Dragging --------------------------------------------------------------------------------- */

  let moved = null;
  const mark = document.createElement('i');
  mark.className = 'drop-mark';

  function under(x) {
    return heads.slice(1).find(function (head) { const box = head.getBoundingClientRect(); return x >= box.left && x <= box.right; });
  }

  function moveTo(event) {
    const head = under(event.clientX);
    if (!head) { return; }
    const box = head.getBoundingClientRect();
    moved.after = event.clientX > box.left + box.width / 2;
    moved.target = head;
    mark.style.left = (moved.after ? box.right : box.left) + 'px';
    mark.style.top = box.top + 'px';
    if (!mark.parentNode) { document.body.appendChild(mark); }
  }

  function widthTo(event) {
    const wide = Math.max(60, moved.width + event.clientX - moved.x);
    const step = Math.min(STEPS, Math.max(1, Math.round((wide - 60) / 40)));
    if (moved.step === step) { return; }
    moved.step = step;
    all('tr', table).forEach(function (row) {
      const cell = row.cells[moved.head.cellIndex];
      if (!cell) { return; }
      cell.className = cell.className.replace(/\s*\bw\d\b/g, '') + ' w' + step;
    });
  }

  heads.slice(1).forEach(function (head) {
    const grip = document.createElement('i');
    grip.className = 'grip';
    head.appendChild(grip);
    head.addEventListener('pointerdown', function (event) {
      if (event.button || event.pointerType === 'touch') { return; }
      moved = { head: head, x: event.clientX, width: head.offsetWidth, sizes: event.target === grip, begun: event.target === grip };
      if (moved.sizes) { event.preventDefault(); }
    });
    head.addEventListener('dragstart', function (event) { event.preventDefault(); });
    head.addEventListener('click', function (event) {
      if (head.dataset.dragged) { event.preventDefault(); delete head.dataset.dragged; }
    }, true);
  });
  document.addEventListener('pointermove', function (event) {
    if (!moved) { return; }
    if (!moved.begun && Math.abs(event.clientX - moved.x) < 8) { return; }
    moved.begun = true;
    document.body.classList.add('dragging');
    if (moved.sizes) { widthTo(event); } else { moveTo(event); }
  });
  function end() {
    const done = moved;
    moved = null;
    mark.remove();
    document.body.classList.remove('dragging');
    return done;
  }
  document.addEventListener('pointercancel', end);
  document.addEventListener('pointerup', function (event) {
    const done = moved && end();
    if (!done || !done.begun) { return; }
    event.preventDefault();
    done.head.dataset.dragged = '1';
    setTimeout(function () { delete done.head.dataset.dragged; }, 0);
    const mine = rowOf(done.head.dataset.column);
    if (!mine) { return; }
    if (done.sizes && done.step) {
      mine.querySelector('select').value = String(done.step);
      keep();
    } else if (done.target && done.target !== done.head) {
      const other = rowOf(done.target.dataset.column);
      if (!other) { return; }
      mine.parentNode.insertBefore(mine, done.after ? other.nextElementSibling : other);
      keep();
    }
  });
}());
