// What the model server makes of rows and results.

/** The answers of a visit with the one of an amendment; nothing if there is none. */
export function withAnswer(before, text, at) {
  return text ? { answers: [...(before?.answers ?? []), { at, text }] } : {};
}

/** The result of a visit that was stored as it was sent, with what the server added; any other as it is. */
export function minimalResult({ type, data }, { row, ...result }) {
  const isNew = type === "visit.record" && result.status === "applied" && row?.version === 1;
  if (!isNew || row.household_id !== data.household_id) return { row, ...result };
  const { hamlet_id, received_at, counted_on, feed_seq } = row;
  return { ...result, minimal_row: { hamlet_id, received_at, counted_on, feed_seq } };
}

export function kindOf(type) {
  const [kind] = type.split(".");
  return kind === "outreach" ? "outreach_session" : kind;
}
