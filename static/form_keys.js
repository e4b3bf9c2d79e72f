/* A form for who types without a mouse: the first field that is blank has the focus, Tab takes what was found and goes
   on, Ctrl+Enter saves, Ctrl+Shift+Enter saves and begins another. */
(function () {
  'use strict';

  const form = document.getElementById('form');
  if (!form) { return; }

  function box(element) {
    const wrapper = element && element.closest('.ts-wrapper');
    const select = wrapper && wrapper.previousElementSibling;
    return select && select.tomselect ? select.tomselect : null;
  }

  /* What was typed into a look-up chooses what is marked of its answer. Who is faster than the answer waits for it: then
     one that is alone in it is what was meant, and of several the first where the clerk is still there (`stays`). */
  function take(look, stays) {
    const typed = look.inputValue();
    if (!typed) { return Promise.resolve(); }
    if (look.answered === typed) {
      const found = look.activeOption || look.dropdown_content.querySelector('[data-selectable]');
      if (found) { look.onOptionSelect(new Event('choose'), found); }
      return Promise.resolve();
    }
    return new Promise(function (resolve) {
      function choose(asked, results) {
        if (asked !== typed) { return; }
        look.off('answered', choose);
        if (results.length === 1 || (stays && results.length)) {
          look.addOption(results[0]);
          look.addItem(results[0].id);
        }
        resolve();
      }
      look.on('answered', choose);
      setTimeout(resolve, 3000); /* an office whose search fails can still save */
    });
  }

  function save(again) {
    /* A day is written out when its field is left. */
    document.activeElement.dispatchEvent(new Event('change', { bubbles: true }));
    (again || form.querySelector('[data-save]')).click();
  }

  form.addEventListener('keydown', function (event) {
    const look = box(event.target);
    if (event.isComposing) { return; }
    if (event.key === 'Tab' && look) {
      take(look, false);
    } else if (event.key === 'Enter' && look && look.inputValue() && look.answered !== look.inputValue()) {
      event.preventDefault();
      event.stopPropagation();
      const wanted = event.ctrlKey || event.metaKey;
      const other = event.shiftKey && form.querySelector('button[name=again]');
      take(look, true).then(function () { if (wanted) { save(other); } });
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      if (look) { take(look, true); }
      save(event.shiftKey && form.querySelector('button[name=again]'));
    }
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
  if ('first' in form.dataset && !form.querySelector('[data-problems]') && matchMedia('(pointer: fine)').matches) {
    /* After the script that makes the fields, which comes next. */
    document.addEventListener('DOMContentLoaded', focusFirst);
  }
}());
