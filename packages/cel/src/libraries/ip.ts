import type { CelFunction } from '../functions/dispatch.ts'
import { on } from '../functions/typed.ts'
import { type CelType, opaqueType } from '../types/cel-type.ts'
import { goQuote } from '../values/go-format.ts'
import { CelError, CelObject, type Value } from '../values/value.ts'
import {
  type Address,
  AddressError,
  addressText,
  isMapped,
  maskedBits,
  type Prefix,
  parseAddress,
  parsePrefix,
} from './netip.ts'

/** `net.IP`. */
export class IPValue extends CelObject {
  readonly address: Address
  readonly type: CelType = opaqueType('net.IP')

  constructor(address: Address) {
    super()
    this.address = address
  }

  /** Bytes of the address: what costs are computed of. */
  get costSize(): number {
    return this.address.family === 4 ? 4 : 16
  }

  equals(other: Value): boolean {
    return (
      other instanceof IPValue &&
      this.address.family === other.address.family &&
      this.address.bits === other.address.bits
    )
  }

  toString(): string {
    return addressText(this.address)
  }
}

/** `net.CIDR`. */
export class CIDRValue extends CelObject {
  readonly prefix: Prefix
  readonly type: CelType = opaqueType('net.CIDR')

  constructor(prefix: Prefix) {
    super()
    this.prefix = prefix
  }

  get costSize(): number {
    return Math.ceil(this.prefix.length / 8)
  }

  equals(other: Value): boolean {
    return (
      other instanceof CIDRValue &&
      this.prefix.length === other.prefix.length &&
      this.prefix.address.family === other.prefix.address.family &&
      this.prefix.address.bits === other.prefix.address.bits
    )
  }

  toString(): string {
    return `${addressText(this.prefix.address)}/${this.prefix.length}`
  }
}

function parseIP(text: string): IPValue | CelError {
  try {
    const address = parseAddress(text)
    if (address.zone !== '') return new CelError(`IP address ${goQuote(text)} with zone value is not allowed`)
    if (isMapped(address)) return new CelError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`)
    return new IPValue(address)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    return new CelError(`IP Address ${goQuote(text)} parse error during conversion from string: ${error.message}`)
  }
}

function parseCIDR(text: string): CIDRValue | CelError {
  const context = 'network address parse error during conversion from string: '
  try {
    const prefix = parsePrefix(text)
    if (isMapped(prefix.address))
      return new CelError(`${context}IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`)
    return new CIDRValue(prefix)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    return new CelError(context + context + error.message)
  }
}

function containsIP({ prefix }: CIDRValue, { address }: IPValue): boolean {
  if (prefix.address.family !== address.family) return false
  return maskedBits(prefix) === maskedBits({ address, length: prefix.length })
}

function containsCIDR({ prefix }: CIDRValue, { prefix: other }: CIDRValue): boolean {
  if (prefix.address.family !== other.address.family || prefix.length > other.length) return false
  return maskedBits(prefix) === maskedBits(other, prefix.length)
}

const about = (test: (address: Address) => boolean): CelFunction => on([IPValue], ({ address }) => test(address))

const isUnspecified = ({ bits }: Address): boolean => bits === 0n
const isLoopback = ({ family, bits }: Address): boolean => (family === 4 ? bits >> 24n === 127n : bits === 1n)
const isMulticast = ({ family, bits }: Address): boolean =>
  family === 4 ? bits >> 28n === 0xen : bits >> 120n === 0xffn
const isLinkLocalMulticast = ({ family, bits }: Address): boolean =>
  family === 4 ? bits >> 8n === 0xe00000n : ((bits >> 112n) & 0xff0fn) === 0xff02n
const isLinkLocalUnicast = ({ family, bits }: Address): boolean =>
  family === 4 ? bits >> 16n === 0xa9fen : bits >> 118n === 0x3fan
const isGlobalUnicast = (address: Address): boolean =>
  !isUnspecified(address) &&
  !(address.family === 4 && address.bits === 0xffffffffn) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocalUnicast(address)

const orError = <T>(value: T | CelError, run: (value: T) => Value): Value =>
  value instanceof CelError ? value : run(value)

/** @see apiserver/pkg/cel/library/ip.go, cidr.go */
export const addressFunctions: readonly (readonly [string, CelFunction])[] = [
  ['string_to_ip', on(['string'], parseIP)],
  ['is_ip', on(['string'], (text) => parseIP(text) instanceof IPValue)],
  ['ip_is_canonical', on(['string'], (text) => orError(parseIP(text), (ip) => ip.toString() === text))],
  ['ip_to_string', on([IPValue], String)],
  ['ip_family', on([IPValue], ({ address }) => BigInt(address.family))],
  ['ip_is_unspecified', about(isUnspecified)],
  ['ip_is_loopback', about(isLoopback)],
  ['ip_is_link_local_multicast', about(isLinkLocalMulticast)],
  ['ip_is_link_local_unicast', about(isLinkLocalUnicast)],
  ['ip_is_global_unicast', about(isGlobalUnicast)],
  ['string_to_cidr', on(['string'], parseCIDR)],
  ['is_cidr', on(['string'], (text) => parseCIDR(text) instanceof CIDRValue)],
  ['cidr_to_string', on([CIDRValue], String)],
  // Upstream turns the error of a wrong text into one about the receiver.
  [
    'cidr_contains_ip_string',
    on([CIDRValue, 'string'], (cidr, text) => containsParsed(parseIP(text), (ip) => containsIP(cidr, ip))),
  ],
  ['cidr_contains_ip_ip', on([CIDRValue, IPValue], containsIP)],
  [
    'cidr_contains_cidr_string',
    on([CIDRValue, 'string'], (cidr, text) => orError(parseCIDR(text), (other) => containsCIDR(cidr, other))),
  ],
  ['cidr_contains_cidr', on([CIDRValue, CIDRValue], containsCIDR)],
  ['cidr_ip', on([CIDRValue], ({ prefix }) => new IPValue(prefix.address))],
  ['cidr_prefix_length', on([CIDRValue], ({ prefix }) => BigInt(prefix.length))],
  [
    'cidr_masked',
    on(
      [CIDRValue],
      ({ prefix }) => new CIDRValue({ ...prefix, address: { ...prefix.address, bits: maskedBits(prefix) } }),
    ),
  ],
]

function containsParsed(ip: IPValue | CelError, run: (ip: IPValue) => boolean): Value {
  return ip instanceof CelError ? new CelError('no such overload') : run(ip)
}
