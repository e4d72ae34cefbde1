// The fields of forms, as a browser sends them.

/** Hidden fields. */
export function valuesOf(fields) {
  const values = {};
  for (const { name, value } of fields) values[name] = [...(values[name] ?? []), value];
  return values;
}

/** The fields on the page of a visit's form. */
export function fieldsOf(context) {
  const chosenServices = [...context.services, ...context.pillars.flatMap(({ services }) => services)].filter(
    (s) => s.chosen,
  );
  const fields = {
    id: context.id,
    household_id: context.household.id,
    number: context.number,
    version: String(context.version),
    seen_return: context.seen_return,
    result: context.results.find(({ chosen }) => chosen)?.value ?? "",
    service: chosenServices.map(({ code }) => code),
    note: context.note,
    follow_up: context.chosen_unknown ? "unknown" : context.chosen_pick ? "pick" : "",
    follow_up_on: context.follow_up_on,
  };
  for (const { code, first, others, people } of chosenServices) {
    fields[`outcome-${code}`] = [...first, ...others].find(({ chosen }) => chosen)?.value ?? "";
    fields[`people-${code}`] = people;
  }
  return fields;
}

/** The fields of a valid visit form. */
export function visitFields(changes = {}) {
  return {
    id: "20000000-0000-4000-8000-000000000001",
    household_id: "h12",
    result: "helped",
    service: ["vneid_install"],
    "outcome-vneid_install": "did_it",
    "people-vneid_install": "1",
    note: "",
    follow_up: "",
    follow_up_on: "",
    ...changes,
  };
}

/** The fields of the form on a page, as a browser sends them. */
export function fieldsOn(html) {
  const fields = {};
  const form = html.slice(html.indexOf("data-draft"));
  for (const [tag] of form.slice(0, form.indexOf("</form>")).matchAll(/<input[^>]*>/g)) {
    const attribute = (name) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
    const isChosen = !/ type="(radio|checkbox)"/.test(tag) || / checked/.test(tag);
    if (attribute("name") && isChosen) fields[attribute("name")] = attribute("value") ?? "";
  }
  return fields;
}
