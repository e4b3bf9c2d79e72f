// The one thing that a public page needs a script for; without it the browser's own menu prints.
document.querySelectorAll('[data-print]').forEach(button => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});
