// Shows *Hoàn tác* as long as it works.

/** Removes every *Hoàn tác* when its time is over. Focus moves to what it would have undone. */
export function expire() {
  for (const form of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("form[data-seconds]"))) {
    setTimeout(remove, Number(form.dataset.seconds) * 1000, form);
    delete form.dataset.seconds;
  }
}

/** @param {HTMLElement} form */
function remove(form) {
  const container = form.closest(".outcome, article");
  if (form.contains(document.activeElement))
    /** @type {HTMLElement | null | undefined} */ (container?.querySelector("[tabindex]"))?.focus();
  form.remove();
}
