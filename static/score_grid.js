/* The grid of scores: arrows and Enter go from cell to cell, a block copied from a spreadsheet is pasted, totals and
   averages follow what is typed. Without it every figure is counted when the form is sent. ES2019, no library. */
(function () {
  'use strict';

  const box = document.querySelector('[data-scores]');
  const form = document.getElementById('form');
  if (!box || !form) { return; }

  const rows = Array.from(box.querySelectorAll('tr[data-row]')).map(function (row) {
    return Array.from(row.querySelectorAll('input[data-weight], textarea'));
  }).filter(function (cells) { return cells.length; });

  function number(text) {
    const plain = text.normalize('NFKC').replace(/[\s,]/g, '');
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  }

  function place(cell) {
    for (let at = 0; at < rows.length; at += 1) {
      const column = rows[at].indexOf(cell);
      if (column !== -1) { return [at, column]; }
    }
    return null;
  }

  function to(row, column) {
    const cells = rows[row];
    if (!cells || !cells[column]) { return false; }
    cells[column].focus();
    cells[column].select();
    return true;
  }

  function total(row) {
    const said = row.querySelector('[data-total]');
    const points = Array.from(row.querySelectorAll('input[data-weight]'));
    if (!said || !points.length) { return said ? number(said.textContent) : null; }
    let sum = 0;
    const whole = points.every(function (cell) {
      const value = number(cell.value);
      const good = value !== null && value <= 100;
      cell.closest('td').classList.toggle('off', cell.value.trim() !== '' && !good);
      sum += (value || 0) * Number(cell.dataset.weight);
      return good;
    });
    said.textContent = whole ? (sum / 100).toFixed(2) : '—';
    return whole ? sum / 100 : null;
  }

  function show() { box.querySelectorAll('tr[data-row]').forEach(total); }

  box.addEventListener('input', function (event) {
    const row = event.target.closest('tr[data-row]');
    if (row) { total(row); }
  });

  box.addEventListener('keydown', function (event) {
    const at = place(event.target);
    if (!at || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const cell = event.target;
    const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    const first = whole || (cell.selectionStart === 0 && cell.selectionEnd === 0);
    const last = whole || cell.selectionStart === cell.value.length;
    let moved = false;
    if (event.key === 'ArrowDown' || (event.key === 'Enter' && !event.shiftKey)) { moved = to(at[0] + 1, at[1]); }
    if (event.key === 'ArrowUp') { moved = to(at[0] - 1, at[1]); }
    if (event.key === 'ArrowLeft' && first) { moved = to(at[0], at[1] - 1); }
    if (event.key === 'ArrowRight' && last) { moved = to(at[0], at[1] + 1); }
    // Enter never sends the form from within the grid: the last row included.
    if (moved || (event.key === 'Enter' && !event.shiftKey)) { event.preventDefault(); }
  });

  /* A spreadsheet writes rows as lines and cells parted by tabs; a cell that holds either is in quotes. */
  function table(text) {
    const found = [[]];
    const cells = /("(?:[^"]|"")*"|[^\t\r\n]*)(\t|\r\n|\n|\r|$)/g;
    let part = cells.exec(text);
    while (part && cells.lastIndex <= text.length) {
      const quoted = part[1].length > 1 && part[1][0] === '"' && part[1].slice(-1) === '"';
      found[found.length - 1].push(quoted ? part[1].slice(1, -1).replace(/""/g, '"') : part[1]);
      if (part[2] === '' || cells.lastIndex >= text.length) { break; }
      if (part[2] !== '\t') { found.push([]); }
      part = cells.exec(text);
    }
    return found;
  }

  box.addEventListener('paste', function (event) {
    const at = place(event.target);
    const text = event.clipboardData ? event.clipboardData.getData('text/plain') : '';
    if (!at || !/[\t\n]/.test(text.replace(/\r?\n$/, ''))) { return; }
    event.preventDefault();
    table(text.replace(/\r?\n$/, '')).forEach(function (line, down) {
      line.forEach(function (value, across) {
        const cell = rows[at[0] + down] && rows[at[0] + down][at[1] + across];
        if (cell) {
          cell.value = value.trim();
          cell.dispatchEvent(new Event('input', { bubbles: true }));
        }
      });
    });
  });

  // Once every script is there, the one that guards what is not saved too.
  document.addEventListener('DOMContentLoaded', function () {
    if (form.dataset.changed !== undefined) { form.dispatchEvent(new Event('change', { bubbles: true })); }
  });
  show();
}());
