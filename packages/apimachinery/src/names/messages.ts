/** Tells that a text is too long, in the older wording. */
export function maxLengthMessage(length: number): string {
  return `must be no more than ${length} characters`
}

/** Tells that a text is too long, in the newer wording. */
export function maxBytesMessage(length: number): string {
  return `must be no more than ${length} bytes`
}

/** Tells that a text does not match an expression, with examples that do. */
export function regexMessage(rule: string, expression: string, ...examples: readonly string[]): string {
  const used = `regex used for validation is '${expression}')`
  if (examples.length === 0) return `${rule} (${used}`
  return `${rule} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}${used}`
}

/** Tells that a number is out of bounds. */
export function inclusiveRangeMessage(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}

/** Tells that a text must not be empty. */
export const emptyMessage = 'must be non-empty'

/** Tells that a number must not be negative. */
export const negativeMessage = 'must be greater than or equal to 0'
