/* What one browser remembers of a clerk: lists as they were last narrowed, and drafts of forms. Each is the clerk's
   own, and gone when they sign out. ES2019, no library of our own making. */
(function () {
  'use strict';

  const body = document.body;
  const who = body.dataset.user;
  const DRAFT = 'draft:';
  const DAYS = 7;
  const MOST = 60000; // characters of a draft
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
        field.value = mine.length ? mine[0][1] : '';
      }
    });
    form.dispatchEvent(new Event('input', { bubbles: true }));
    form.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function offer(form, key, held) {
    const words = form.dataset;
    const bar = document.createElement('div');
    const text = document.createElement('span');
    bar.className = 'flash draft-offer';
    bar.setAttribute('role', 'status');
    text.textContent = words.draftFound.replace('%when%', new Date(held.at).toLocaleString('zh-CN', { hour12: false }));
    bar.appendChild(text);
    [[words.draftTake, 'btn btn-primary btn-sm', function () { restore(form, held.values); }],
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

  function drafts() {
    const form = document.querySelector('form[data-guard][data-draft-found]');
    const sent = (function () { try { return sessionStorage.getItem('draft-sent'); } catch (problem) { return ''; } }());
    const version = form && form.elements.version;
    const id = new URLSearchParams(location.search).get('id') || '';
    const key = form ? DRAFT + who + ':' + location.pathname + '?' + id + '#' + (version ? version.value : 'new') : '';
    const refused = form && form.querySelector('[data-problems]');
    /* Only a page that says so was saved: after a lost session, or a question, the draft is still needed. */
    if (sent && document.querySelector('.flash.success')) { forget(sent); }
    try { sessionStorage.removeItem('draft-sent'); } catch (problem) { /* nothing is kept here */ }
    keys().forEach(function (one) {
      if (one.indexOf(DRAFT) !== 0) { return; }
      const held = read(one);
      if (!held || Date.now() - held.at > DAYS * 86400000) { forget(one); }
    });
    if (!form) { return; }
    const begun = JSON.stringify(values(form));
    const held = read(key);
    if (held && !refused && JSON.stringify(held.values) !== begun) { offer(form, key, held); }
    let timer = 0;
    function keep() {
      timer = 0;
      const now = values(form);
      const text = JSON.stringify(now);
      if (text === begun || text.length > MOST) { return; }
      write(key, { at: Date.now(), values: now });
    }
    function soon() { if (!timer) { timer = setTimeout(keep, 800); } }
    ['input', 'change'].forEach(function (name) { form.addEventListener(name, soon); });
    window.addEventListener('pagehide', function () { if (timer) { keep(); } });
    form.addEventListener('submit', function (event) {
      if (event.submitter && event.submitter.formTarget === '_blank') { return; }
      if (timer) { clearTimeout(timer); keep(); }
      try { sessionStorage.setItem('draft-sent', key); } catch (problem) { /* the draft is offered once more */ }
    });
  }

  lists();
  drafts();
}());
