/** A number of days above 0; null for anything else. */
export function readDays(text: string): number | null {
  const days = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(days) && days > 0 ? days : null;
}

/** A whole number of days above 0; null for anything else. */
export function readWholeDays(text: string): number | null {
  const days = readDays(text);
  return days !== null && Number.isInteger(days) ? days : null;
}
