/* A form for who types without a mouse: the first field that is blank has the focus, Ctrl+Enter saves, Ctrl+Shift+Enter
   saves and begins another. That Tab takes what a look-up found is every look-up's (office.js). */
(function () {
  'use strict';

  const form = document.getElementById('form');
  if (!form) { return; }

  function box(element) {
    const wrapper = element && element.closest('.ts-wrapper');
    const select = wrapper && wrapper.previousElementSibling;
    return select && select.tomselect && select.tomselect.takeTyped ? select.tomselect : null;
  }

  function save(again) {
    /* A day is written out when its field is left. */
    document.activeElement.dispatchEvent(new Event('change', { bubbles: true }));
    (again || form.querySelector('[data-save]')).click();
  }

  form.addEventListener('keydown', function (event) {
    if (event.isComposing || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) { return; }
    const look = box(event.target);
    const again = event.shiftKey && form.querySelector('button[name=again]');
    event.preventDefault();
    event.stopPropagation();
    const taken = look && look.takeTyped();
    if (taken) { taken.then(function () { save(again); }); } else { save(again); }
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
