/** A policy option that does not exist, is not enabled, or has a value that does not parse; the message is the kubelet's. */
export class PolicyOptionError extends Error {
  override readonly name = 'PolicyOptionError'
  readonly option: string

  constructor(option: string, message: string) {
    super(message)
    this.option = option
  }
}

const yes = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const no = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** A boolean as flags write it. Throws PolicyOptionError. */
export function booleanOption(option: string, value: string): boolean {
  if (yes.has(value)) return true
  if (no.has(value)) return false
  const cause = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`
  throw new PolicyOptionError(option, `bad value for option ${JSON.stringify(option)}: ${cause}`)
}

/** A decimal integer of 64 bits. Throws PolicyOptionError. */
export function integerOption(option: string, value: string): number {
  const fail = (why: string): never => {
    const cause = `strconv.Atoi: parsing ${JSON.stringify(value)}: ${why}`
    throw new PolicyOptionError(
      option,
      `unable to convert policy option to integer ${JSON.stringify(option)}: ${cause}`,
    )
  }
  if (!/^[+-]?[0-9]+$/.test(value)) return fail('invalid syntax')
  const parsed = BigInt(value.replace(/^\+/, ''))
  if (BigInt.asIntN(64, parsed) !== parsed) return fail('value out of range')
  return Number(parsed)
}
