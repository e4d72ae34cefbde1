// Asks the browser for a passkey and sends it with the form. Without one, or in a browser that cannot, the forms for
// codes stay as they are.

/** Whether passkeys can belong to this site: to a name, not to an address. */
const hasName = () => !/^[\d.]+$|^\[/.test(location.hostname);

/** The browser's own reading and writing of JSON; browsers before 2025 lack it. */
const canReadJson = () =>
  "PublicKeyCredential" in window &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function" &&
  typeof PublicKeyCredential.prototype.toJSON === "function";

/** What the server wants to be signed; null if there is no passkey to show. */
async function loadOptions(address: string): Promise<unknown> {
  const answer = await fetch(address, { method: "POST" });
  return answer.ok && !answer.redirected ? answer.json() : null;
}

async function readCredential(form: HTMLFormElement, options: unknown): Promise<Credential | null> {
  if (form.dataset.passkey === "new") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as PublicKeyCredentialCreationOptionsJSON,
    );
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return navigator.credentials.get({ publicKey });
}

/** Shows the form once it is known that its button can do something. */
async function prepare(form: HTMLFormElement, submit: (form: HTMLFormElement) => void) {
  const address = form.dataset.options ?? "";
  const isNew = form.dataset.passkey === "new";
  const first = isNew ? true : await loadOptions(address);
  if (!first) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, address, submit);
  });
}

async function send(form: HTMLFormElement, address: string, submit: (form: HTMLFormElement) => void) {
  const trouble = form.querySelector<HTMLElement>("[data-trouble]");
  if (trouble) trouble.hidden = true;
  try {
    const credential = await readCredential(form, await loadOptions(address));
    if (!credential) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "credential";
    field.value = JSON.stringify((credential as PublicKeyCredential).toJSON());
    form.append(field);
    submit(form);
  } catch {
    // The person closed the browser's window, or took too long.
    if (trouble) trouble.hidden = false;
  }
}

/** Makes the forms for passkeys within `root` work; `submit` sends one that has its credential. */
export function preparePasskeys(root: ParentNode, submit: (form: HTMLFormElement) => void) {
  if (!canReadJson() || !hasName()) return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-passkey]")) void prepare(form, submit);
}
