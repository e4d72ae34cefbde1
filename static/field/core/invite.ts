// The invite in the address of a QR code. Runs before the app, so it uses only syntax that old browsers know.

/** The fragment of the address in the QR code of an invite sheet: the fields of the form. No server gets to see it. */
const INVITE = /^#invite=\d{8}&phone=\d{8,17}$/;

/** The fields of the sign-in form that a fragment names; null if it is not of an invite sheet. */
export function inviteFields(hash: string): URLSearchParams | null {
  return INVITE.test(hash) ? new URLSearchParams(hash.slice(1)) : null;
}

/** Fills in the sign-in form that came with the document. */
export function fillInvite(hash: string) {
  const fields = inviteFields(hash);
  if (fields)
    fields.forEach((value, name) => {
      const input = document.getElementById(name);
      if (input) (input as HTMLInputElement).value = value;
    });
}
