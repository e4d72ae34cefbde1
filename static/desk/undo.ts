// Shows *Hoàn tác* as long as it works.

/** Removes every *Hoàn tác* when its time is over. Focus moves to what it would have undone. */
export function expire() {
  for (const form of document.querySelectorAll("form[data-seconds]") as NodeListOf<HTMLElement>) {
    setTimeout(remove, Number(form.dataset.seconds) * 1000, form);
    delete form.dataset.seconds;
  }
}

function remove(form: HTMLElement) {
  const container = form.closest(".outcome, article");
  if (form.contains(document.activeElement))
    (container?.querySelector("[tabindex]") as HTMLElement | null | undefined)?.focus();
  form.remove();
}
