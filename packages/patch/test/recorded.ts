import { readFileSync } from 'node:fs'

/** One question that was put to the real code, and its answer. */
export interface Recorded {
  readonly in: Readonly<Record<string, never>>
  readonly out?: unknown
  readonly error?: string
}

/** Reads recorded answers that stand beside the tests. */
export function recorded(name: string): readonly Recorded[] {
  const text = readFileSync(new URL(`./golden/${name}.ndjson`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
}

/** Runs a function and gives its answer in the form of the recorded ones. */
export function answer(run: () => unknown): { readonly out?: unknown; readonly error?: string } {
  try {
    return { out: JSON.parse(JSON.stringify(run())) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** The text of these errors is Go's decoder's, which is not modelled: there must be an error, whatever it says. */
export function isLoose(text: string): boolean {
  return /^decode:|json: cannot unmarshal|parsing time/.test(text)
}
