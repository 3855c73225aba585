import { parseFeatureGatesFlag } from '@kube-bonsai/feature-gates'
import { InvalidArgumentError } from 'commander'

/** A number of nodes, 0 to 10,000, or the file that describes them. */
export function parseNodes(text: string): number | string {
  if (!/^[-+.\d]*$/.test(text)) return text
  const count = Number(text)
  if (text === '' || !Number.isInteger(count) || count < 0 || count > 10_000)
    throw new InvalidArgumentError('Give a whole number from 0 to 10000, or a file that describes nodes.')
  return count
}

/** A TCP port; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Give a port from 0 to 65535; 0 takes a free one.')
  return port
}

/** How many of something; 0 and more. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number, 0 or more.')
  return Number(text)
}

/** `A=true,B=false`. */
export function parseGates(text: string): Readonly<Record<string, boolean>> {
  try {
    return Object.fromEntries(parseFeatureGatesFlag(text))
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

/** `api/all=true,apps/v1=false`; a name alone means true. */
export function parseRuntimeConfig(text: string): Readonly<Record<string, boolean>> {
  const entries = text.split(',').filter((entry) => entry.trim() !== '')
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = '', value = 'true'] = entry.split('=').map((part) => part.trim())
      if (name === '' || !['true', 'false'].includes(value))
        throw new InvalidArgumentError(`Give group/version=true or =false, not ${JSON.stringify(entry)}.`)
      return [name, value === 'true']
    }),
  )
}

/** `a,b`; repeated flags add up. */
export function parseList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((part) => part.trim())].filter((part) => part !== '')
}
