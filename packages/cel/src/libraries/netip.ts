import { formatIP, type IPAddress, isIPv4 } from '@kube-bonsai/apimachinery'
import { goQuote } from '../values/go-format.ts'

/** An address that Go's `netip` would refuse, with its words. */
export class AddressError extends Error {}

/** An IP address with its zone, as Go's `netip.Addr`. */
export interface Address {
  /** 4 or 6; mapped addresses are 6. */
  readonly family: 4 | 6
  /** 32 or 128 bits. */
  readonly bits: bigint
  readonly zone: string
}

/** @throws AddressError @see Go net/netip ParseAddr */
export function parseAddress(text: string): Address {
  const fail = (message: string, at = ''): never => {
    throw new AddressError(`ParseAddr(${goQuote(text)}): ${message}${at === '' ? '' : ` (at ${goQuote(at)})`}`)
  }
  const first = /[.:%]/.exec(text)?.[0]
  if (first === undefined) return fail('unable to parse IP')
  if (first === '%') return fail('missing IPv6 address')
  if (first === '.') return { family: 4, bits: readIPv4(text, fail), zone: '' }
  const percent = text.indexOf('%')
  const zone = percent < 0 ? '' : text.slice(percent + 1)
  if (percent >= 0 && zone === '') return fail('zone must be a non-empty string')
  return { family: 6, bits: readIPv6(percent < 0 ? text : text.slice(0, percent), fail), zone }
}

type Fail = (message: string, at?: string) => never

function readIPv4(text: string, fail: Fail): bigint {
  let [total, value, digits, dots] = [0n, 0, 0, 0]
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char >= '0' && char <= '9') {
      if (digits === 1 && value === 0) fail('IPv4 field has octet with leading zero')
      value = value * 10 + Number(char)
      digits++
      if (value > 255) fail('IPv4 field has value >255')
    } else if (char === '.') {
      if (at === 0 || at === text.length - 1 || text[at - 1] === '.')
        fail('IPv4 field must have at least one digit', text.slice(at))
      if (dots === 3) fail('IPv4 address too long')
      total = (total << 8n) | BigInt(value)
      dots++
      value = 0
      digits = 0
    } else fail('unexpected character', text.slice(at))
  }
  if (dots < 3) fail('IPv4 address too short')
  return (total << 8n) | BigInt(value)
}

function readIPv6(text: string, fail: Fail): bigint {
  const bytes: number[] = []
  let ellipsis = -1
  let rest = text
  if (rest.startsWith('::')) {
    ellipsis = 0
    rest = rest.slice(2)
    if (rest === '') return 0n
  }
  while (bytes.length < 16) {
    const [digits = ''] = /^[0-9a-fA-F]*/.exec(rest) ?? []
    if (digits.length > 4) fail('each group must have 4 or less digits', rest)
    if (digits === '') fail('each colon-separated field must have at least one digit', rest)
    if (rest[digits.length] === '.') {
      if (ellipsis < 0 && bytes.length !== 12)
        fail('embedded IPv4 address must replace the final 2 fields of the address', rest)
      if (bytes.length + 4 > 16) fail('too many hex fields to fit an embedded IPv4 at the end of the address', rest)
      const last = readIPv4(rest, fail)
      for (const shift of [24n, 16n, 8n, 0n]) bytes.push(Number((last >> shift) & 0xffn))
      rest = ''
      break
    }
    const group = Number.parseInt(digits, 16)
    bytes.push(group >> 8, group & 0xff)
    rest = rest.slice(digits.length)
    if (rest === '') break
    if (!rest.startsWith(':')) fail('unexpected character, want colon', rest)
    if (rest.length === 1) fail('colon must be followed by more characters', rest)
    rest = rest.slice(1)
    if (rest.startsWith(':')) {
      if (ellipsis >= 0) fail('multiple :: in address', rest)
      ellipsis = bytes.length
      rest = rest.slice(1)
      if (rest === '') break
    }
  }
  if (rest !== '') fail('trailing garbage after address', rest)
  if (bytes.length < 16) {
    if (ellipsis < 0) fail('address string too short')
    bytes.splice(ellipsis, 0, ...new Array<number>(16 - bytes.length).fill(0))
  } else if (ellipsis >= 0) fail('the :: must expand to at least one field of zeros')
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** Whether it is `::ffff:a.b.c.d`. */
export const isMapped = ({ family, bits }: Address): boolean => family === 6 && bits >> 32n === 0xffffn

/** The canonical text. */
export function addressText({ family, bits, zone }: Address): string {
  const address: IPAddress =
    family === 4
      ? { bits: (0xffffn << 32n) | bits, width: 32, leadingZeros: false }
      : { bits, width: 128, leadingZeros: false }
  const text = family === 6 && isIPv4(address) ? `::ffff:${formatIP(address)}` : formatIP(address)
  return zone === '' ? text : `${text}%${zone}`
}

/** An address and how many of its bits are the network's. */
export interface Prefix {
  readonly address: Address
  readonly length: number
}

/** @throws AddressError @see Go net/netip ParsePrefix */
export function parsePrefix(text: string): Prefix {
  const fail = (message: string): never => {
    throw new AddressError(`netip.ParsePrefix(${goQuote(text)}): ${message}`)
  }
  const slash = text.lastIndexOf('/')
  if (slash < 0) return fail("no '/'")
  let address: Address
  try {
    address = parseAddress(text.slice(0, slash))
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
  if (address.zone !== '') return fail('IPv6 zones cannot be present in a prefix')
  const bits = text.slice(slash + 1)
  const length = Number(bits)
  if (!/^(?:[0-9]|[1-9][0-9]*)$/.test(bits)) return fail(`bad bits after slash: ${goQuote(bits)}`)
  if (length > (address.family === 4 ? 32 : 128)) return fail('prefix length out of range')
  return { address, length }
}

/** The address with the host's bits cleared. */
export function maskedBits({ address, length }: Prefix, keep: number = length): bigint {
  const width = address.family === 4 ? 32 : 128
  const shift = BigInt(width - keep)
  return (address.bits >> shift) << shift
}
