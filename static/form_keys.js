/* A form for who types without a mouse: the first field that is blank has the focus, Tab takes what was found and goes
   on, Ctrl+Enter saves, Ctrl+Shift+Enter saves and begins another. */
(function () {
  'use strict';

  const form = document.getElementById('form');
  if (!form) { return; }

  function box(element) {
    const wrapper = element && element.closest('.ts-wrapper');
    const select = wrapper && wrapper.previousElementSibling;
    return select && select.tomselect && select.tomselect.takeTyped ? select.tomselect : null;
  }

  function next(element, back) {
    const all = Array.from(form.querySelectorAll('a[href], button, input, select, textarea')).filter(function (one) {
      return one.tabIndex >= 0 && !one.disabled && one.getClientRects().length > 0;
    });
    const found = all[all.indexOf(element) + (back ? -1 : 1)];
    if (!found) { return; }
    found.focus();
    if (found.matches('input') && !box(found)) { found.select(); } /* as Tab itself does */
  }

  function save(again) {
    /* A day is written out when its field is left. */
    document.activeElement.dispatchEvent(new Event('change', { bubbles: true }));
    (again || form.querySelector('[data-save]')).click();
  }

  form.addEventListener('keydown', function (event) {
    const look = box(event.target);
    if (event.isComposing) { return; }
    const saves = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    const again = event.shiftKey && form.querySelector('button[name=again]');
    const waits = look && (event.key === 'Tab' || event.key === 'Enter') ? look.inputValue() && look.answered !== look.inputValue() : false;
    if (waits || saves) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (look && (event.key === 'Tab' || waits || saves)) {
      const at = event.target;
      const taken = look.takeTyped();
      if (taken) {
        taken.then(function () { if (saves) { save(again); } else if (event.key === 'Tab') { next(at, event.shiftKey); } });
        return;
      }
    }
    if (saves) { save(again); }
  }, true);

  /* So many companies are named, so many are counted, until another number is typed. */
  form.querySelectorAll('[data-counts]').forEach(function (number) {
    const names = form.elements[number.dataset.counts];
    let proposed = number.value;
    function propose() {
      const count = Array.from(names.selectedOptions).filter(function (option) { return option.value; }).length;
      if (number.value && number.value !== proposed) { return; }
      proposed = count ? String(count) : '';
      number.value = proposed;
    }
    if (names && names.selectedOptions && !number.value) {
      names.addEventListener('change', propose);
      propose();
    }
  });

  function isBlank(field) {
    if (field.type === 'radio' || field.type === 'checkbox') {
      return field.type === 'radio' && !form.querySelector('[name="' + field.name + '"]:checked');
    }
    return field.tomselect ? !field.tomselect.items.length : !field.value;
  }

  function focusFirst() {
    const carried = form.dataset.carried.split(' ');
    const blank = Array.from(form.elements).find(function (field) {
      return field.matches('.form-control[name], input[type=radio]') && field.type !== 'hidden' && !field.disabled &&
        carried.indexOf(field.name) < 0 && isBlank(field);
    });
    if (!blank) { return; }
    if (blank.tomselect) { blank.tomselect.focus(); } else { blank.focus(); }
  }

  /* A finger would get its keyboard over half the page. */
  if ('first' in form.dataset && !form.querySelector('[data-problems]') && !matchMedia('(pointer: coarse)').matches) {
    /* After the script that makes the fields, which comes next. */
    document.addEventListener('DOMContentLoaded', focusFirst);
  }
}());
