// What a person does on the page before the app listens. Part of start.js, for the page may come with the document: built
// for browsers of any age.

/** `releaseForms`: the app listens. */
export type HoldingWindow = { releaseForms: () => void };

/**
 * Until the app listens: holds back a form that is submitted, which must not go to the network, and shows the element
 * that says so, if the page has one; and notes what is edited.
 * @returns stops that, repeats the events of what was edited, and submits the held form
 */
export function holdForms(): () => void {
  let held: SubmitEvent | undefined;
  const edited = new Set<EventTarget | null>();
  const hold = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    held = event;
    const says = document.querySelector("[data-held]");
    if (says) (says as HTMLElement).hidden = false;
  };
  const note = ({ target }: Event) => {
    edited.add(target);
  };
  document.addEventListener("submit", hold, true);
  document.addEventListener("input", note, true);
  return () => {
    document.removeEventListener("submit", hold, true);
    document.removeEventListener("input", note, true);
    edited.forEach((field) => {
      if (field) field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const form = held?.target;
    if (held && form instanceof HTMLFormElement && form.isConnected) form.requestSubmit(held.submitter);
  };
}
