const shape =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?(Z|[-+]\d{2}:\d{2})| (\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?)?$/

/** Tells whether a text is one of the dates and times that go-yaml takes for a timestamp. */
export function looksLikeTimestamp(text: string): boolean {
  const match = shape.exec(text)
  if (match === null) return false
  const [, year, month, day, h1, m1, s1, , zone, h2, m2, s2] = match
  if (!isDay(Number(year), Number(month), Number(day))) return false
  if (Number(h1 ?? h2 ?? 0) > 23 || Number(m1 ?? m2 ?? 0) > 59 || Number(s1 ?? s2 ?? 0) > 59) return false
  if (zone === undefined || zone === 'Z') return true
  return Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4)) <= 60
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day <= days
}
