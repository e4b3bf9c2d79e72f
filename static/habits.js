/* What one browser remembers of a clerk: lists as they were last narrowed, and drafts of forms. Each is the clerk's
   own, and gone when they sign out. ES2019, no library of our own making. */
(function () {
  'use strict';

  const body = document.body;
  const who = body.dataset.user;
  const DRAFT = 'draft:';
  const DAYS = 7;
  const MOST = 60000; // characters of a draft
  const MOST_OF_ROWS = 300000; // of a form of many rows, of which the changed ones are kept
  if (!who) { return; }

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key) || 'null'); } catch (problem) { return null; }
  }
  function write(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch (problem) { /* there is no room, or none is given */ }
  }
  function keys() {
    try { return Object.keys(localStorage); } catch (problem) { return []; }
  }
  function forget(key) {
    try { localStorage.removeItem(key); } catch (problem) { /* nothing is kept here */ }
  }

  document.addEventListener('submit', function (event) {
    if (!event.target.matches('[data-sign-out]')) { return; }
    keys().forEach(function (key) {
      if (key.indexOf(DRAFT + who + ':') === 0 || key === 'lists:' + who) { forget(key); }
    });
  });

  /* --- Lists as they were --------------------------------------------------------------------- */

  function lists() {
    const key = 'lists:' + who;
    if (!('keepsLists' in body.dataset)) { forget(key); return; }
    const held = read(key) || { county: '', paths: {} };
    const links = Array.from(document.querySelectorAll('#rail a'));
    const here = links.find(function (link) { return link.pathname === location.pathname && document.querySelector('.list .counties, .list .filters'); });
    if (here) {
      const asked = new URLSearchParams(location.search);
      asked.delete('page');
      held.county = asked.get('county') || '';
      asked.delete('county');
      held.paths[location.pathname] = asked.toString();
      write(key, held);
    }
    links.forEach(function (link) {
      if (!(link.pathname in held.paths) && !(held.county && link.querySelector('b') && /^\/admin\/(?!$)/.test(link.pathname))) { return; }
      const search = new URLSearchParams(held.paths[link.pathname] || '');
      if (held.county) { search.set('county', held.county); }
      const text = search.toString();
      if (text) { link.search = '?' + text; }
    });
  }

  /* --- Drafts ------------------------------------------------------------------------------------ */

  const NEVER = ['csrf_token', 'form_key', 'version', 'drawn', 'confirmed', 'password'];

  function kept(field) {
    return field.name && !field.disabled && NEVER.indexOf(field.name) < 0 && ['file', 'password', 'submit', 'button'].indexOf(field.type) < 0 && !(field.type === 'hidden');
  }

  function values(form) {
    const found = [];
    Array.from(form.elements).forEach(function (field) {
      if (!kept(field)) { return; }
      if (field.type === 'checkbox' || field.type === 'radio') {
        if (field.checked) { found.push([field.name, field.value]); }
      } else if (field.tagName === 'SELECT') {
        Array.from(field.selectedOptions).forEach(function (option) { if (option.value) { found.push([field.name, option.value, option.textContent]); } });
      } else if (field.value) {
        found.push([field.name, field.value]);
      }
    });
    return found;
  }

  function rowsFor(form, names) {
    Array.from(form.querySelectorAll('[data-repeat]')).forEach(function (group) {
      const model = group.querySelector('template');
      const found = model && /name="([^"]*)-__n__-/.exec(model.innerHTML);
      const add = group.querySelector('[data-add-row]');
      if (!found || !add) { return; }
      const wanted = names.reduce(function (most, name) {
        const place = new RegExp('^' + found[1].replace(/[^\w-]/g, '\\$&') + '-(\\d+)-').exec(name);
        return place ? Math.max(most, Number(place[1]) + 1) : most;
      }, 0);
      for (let count = group.querySelectorAll('tbody tr').length; count < Math.min(wanted, 60); count += 1) { add.click(); }
    });
  }

  function restore(form, draft) {
    rowsFor(form, draft.map(function (pair) { return pair[0]; }));
    const named = {};
    draft.forEach(function (pair) { (named[pair[0]] = named[pair[0]] || []).push(pair); });
    Array.from(form.elements).forEach(function (field) {
      if (!kept(field)) { return; }
      const mine = named[field.name] || [];
      if (field.type === 'checkbox' || field.type === 'radio') {
        field.checked = mine.some(function (pair) { return pair[1] === field.value; });
      } else if (field.tomselect) {
        field.tomselect.clear(true);
        mine.forEach(function (pair) {
          if (!field.tomselect.options[pair[1]]) { field.tomselect.addOption({ id: pair[1], value: pair[1], text: pair[2] }); }
          field.tomselect.addItem(pair[1], true);
        });
      } else if (field.tagName === 'SELECT') {
        Array.from(field.options).forEach(function (option) { option.selected = mine.some(function (pair) { return pair[1] === option.value; }); });
      } else {
        const typed = mine.length ? mine[0][1] : '';
        if (field.value !== typed) {
          field.value = typed;
          field.dispatchEvent(new Event('input', { bubbles: true })); /* what is counted of it follows, as when it is typed */
        }
      }
    });
    form.dispatchEvent(new Event('input', { bubbles: true }));
    form.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /* Of a form of many rows that others save too (`data-draft-rows`): what was changed, each row whole and with its mark,
     by which the server tells whether somebody else has changed it since. */
  function changedValues(form) {
    const found = [];
    function isChanged(field) {
      return field.type === 'checkbox' ? field.checked !== field.defaultChecked : field.type !== 'hidden' && field.value !== field.defaultValue;
    }
    function add(field) {
      found.push(field.type === 'checkbox' ? [field.name, field.value, field.checked] : [field.name, field.value]);
    }
    const rows = Array.from(form.querySelectorAll('tr[data-row]'));
    rows.forEach(function (row) {
      const fields = Array.from(row.querySelectorAll('input[name], textarea[name]'));
      if (fields.some(isChanged)) { fields.forEach(add); }
    });
    Array.from(form.elements).forEach(function (field) {
      if (kept(field) && !field.closest('tr[data-row]') && isChanged(field)) { add(field); }
    });
    return found;
  }

  function restoreRows(form, draft) {
    const fields = Array.from(form.elements);
    draft.forEach(function (given) {
      const field = fields.find(function (one) { return one.name === given[0] && (one.type !== 'checkbox' || one.value === given[1]); });
      if (!field) { return; }
      if (field.type === 'checkbox') { field.checked = given[2]; } else { field.value = given[1]; }
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    form.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /* What is typed now over what was kept before. */
  function overlaid(before, now) {
    function name(given) { return given.length > 2 ? given[0] + '=' + given[1] : given[0]; }
    const fresh = now.map(name);
    return before.filter(function (given) { return fresh.indexOf(name(given)) < 0; }).concat(now);
  }

  function offer(form, key, held, version) {
    const words = body.dataset;
    const bar = document.createElement('div');
    const text = document.createElement('span');
    /* Where somebody saved the record since, only what was typed here is taken up: theirs stays. */
    const older = held.version !== version;
    bar.className = 'flash draft-offer';
    bar.setAttribute('role', 'status');
    text.textContent = (older ? words.draftOlder : words.draftFound).replace('%when%', new Date(held.at).toLocaleString('zh-CN', { hour12: false }));
    bar.appendChild(text);
    [[words.draftTake, 'btn btn-primary btn-sm', function () { if ('draftRows' in form.dataset) { restoreRows(form, held.values); } else { restore(form, older ? merged(held, values(form)) : held.values); } }],
      [words.draftDrop, 'btn btn-light btn-sm', function () { forget(key); }]].forEach(function (given) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = given[0];
      button.className = given[1];
      button.addEventListener('click', function () { given[2](); bar.remove(); });
      bar.appendChild(button);
    });
    form.before(bar);
  }

  function byName(pairs) {
    const named = {};
    pairs.forEach(function (pair) { (named[pair[0]] = named[pair[0]] || []).push(pair); });
    return named;
  }

  /* What stands in the form now, but with what was typed into the draft. */
  function merged(held, present) {
    const before = byName(held.begun);
    const typed = byName(held.values);
    const result = byName(present);
    Object.keys(Object.assign({}, before, typed)).forEach(function (name) {
      if (JSON.stringify(before[name]) !== JSON.stringify(typed[name])) { result[name] = typed[name] || []; }
    });
    return [].concat.apply([], Object.keys(result).map(function (name) { return result[name]; }));
  }

  /* A form of which a draft is kept: whatever is guarded, and whatever has room for a text. */
  function drafted() {
    return Array.from(document.querySelectorAll('main form[method="post"]:not([data-unguarded]):not([data-undrafted])')).filter(function (form) {
      return form.matches('[data-guard], [data-guard-many]') || form.querySelector('textarea');
    });
  }

  /* The address of an expert's link is a secret and is kept nowhere. */
  function here() { return document.querySelector('[data-draft-key]') ? '' : location.href.split('#')[0]; }

  /* A draft is over where a page tells that it was saved, or where sending it led on without a complaint: after a lost
     session, or a refusal, it is still needed. A question in between is waited for. */
  function settle(forms) {
    const sent = (function () { try { return JSON.parse(sessionStorage.getItem('draft-sent')); } catch (problem) { return null; } }());
    try { sessionStorage.removeItem('draft-sent'); } catch (problem) { /* nothing is kept here */ }
    if (!sent || !sent.key || (document.referrer && document.referrer !== sent.from)) { return; }
    const way = performance.getEntriesByType('navigation')[0];
    const came = Boolean(document.referrer) && way && way.type === 'navigate';
    const led = came && way.redirectCount > 0;
    const complains = document.querySelector('.flash.error, .flash.danger, .flash.warning:not(.no-print), [data-problems], .page-error');
    if (document.querySelector('.flash.success') || (led && !complains)) {
      forget(sent.key);
    } else if (came && !complains && !forms.some(function (form) { return keyOf(form) === sent.key; })) {
      remember(sent.key);
    }
  }

  function remember(key) {
    try { sessionStorage.setItem('draft-sent', JSON.stringify({ key: key, from: here() })); } catch (problem) { /* the draft is offered once more */ }
  }

  function keyOf(form) {
    if (form.dataset.draftKey) { return DRAFT + who + ':' + form.dataset.draftKey; }
    const id = new URLSearchParams(location.search).get('id') || '';
    const to = new URL(form.getAttribute('action') || '', location.href);
    return DRAFT + who + ':' + location.pathname + '?' + id + '#' + (to.pathname === location.pathname ? '' : to.pathname) + to.hash;
  }

  function keepDraftOf(form) {
    const key = keyOf(form);
    if ('bothSaved' in form.dataset) { /* What was typed stands here beside what another saved: there is nothing to offer. */
      form.addEventListener('submit', function () { remember(key); });
      return;
    }
    const version = form.dataset.draftVersion || (form.elements.version && form.elements.version.value) || '';
    const byRows = 'draftRows' in form.dataset;
    const typed = byRows ? changedValues : values;
    const begun = typed(form);
    const first = JSON.stringify(begun);
    const held = read(key);
    const refused = form.querySelector('[data-problems]');
    if (held && held.begun && !refused && JSON.stringify(held.values) !== first) { offer(form, key, held, version); }
    let timer = 0;
    function keep() {
      timer = 0;
      const now = typed(form);
      const text = JSON.stringify(now);
      if (text === first || text.length > (byRows ? MOST_OF_ROWS : MOST)) { return; }
      /* A page of rows that came back to be corrected has what was typed before as its own. */
      write(key, { at: Date.now(), version: version, begun: begun, values: byRows && refused && held ? overlaid(held.values, now) : now });
    }
    function soon(event) {
      if (event.target !== form && event.target.form !== form && !form.contains(event.target)) { return; }
      if (!timer) { timer = setTimeout(keep, 800); }
    }
    /* Fields of a form may stand outside of it. */
    ['input', 'change'].forEach(function (name) { document.addEventListener(name, soon); });
    window.addEventListener('pagehide', function () { if (timer) { keep(); } });
    form.addEventListener('submit', function (event) {
      if (event.submitter && event.submitter.formTarget === '_blank') { return; }
      if (timer) { clearTimeout(timer); keep(); }
      remember(key);
    });
  }

  function drafts() {
    const forms = drafted();
    settle(forms);
    keys().forEach(function (one) {
      if (one.indexOf(DRAFT) !== 0) { return; }
      const held = read(one);
      if (!held || Date.now() - held.at > DAYS * 86400000) { forget(one); }
    });
    forms.forEach(keepDraftOf);
  }

  lists();
  drafts();
}());
