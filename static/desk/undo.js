// *Hoàn tác* stands as long as it can be pressed.

/** Take every *Hoàn tác* away when its minute is over; focus stays with what it would have undone. */
export function expire() {
  for (const form of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("form[data-seconds]"))) {
    setTimeout(remove, Number(form.dataset.seconds) * 1000, form);
    delete form.dataset.seconds;
  }
}

/** @param {HTMLElement} form */
function remove(form) {
  const around = form.closest(".outcome, article");
  if (form.contains(document.activeElement))
    /** @type {HTMLElement | null | undefined} */ (around?.querySelector("[tabindex]"))?.focus();
  form.remove();
}
