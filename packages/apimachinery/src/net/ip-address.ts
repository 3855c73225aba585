/** An address with how many bits its notation had: 32 for dotted IPv4, 128 for IPv6. */
export interface IPAddress {
  /** The address as 128 bits; an IPv4 address is IPv4-mapped. */
  readonly bits: bigint
  /** How it was written. `::ffff:1.2.3.4` is 128, though it names an IPv4 address. */
  readonly width: 32 | 128
  /** True when octets or groups had needless zeros, which strict readers refuse. */
  readonly leadingZeros: boolean
}

const mappedPrefix = 0xffffn << 32n

/**
 * Reads an IP address as Kubernetes does for old fields: IPv4 octets may have leading zeros, which count for nothing.
 *
 * @returns undefined when it is none
 * @see staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go
 */
export function parseIPSloppy(text: string): IPAddress | undefined {
  if (text.length > 256) return undefined
  const colon = text.indexOf(':')
  const dot = text.indexOf('.')
  if (colon >= 0 && (dot < 0 || colon < dot)) return parseIPv6(text)
  return parseIPv4(text)
}

/**
 * Reads an IP address as Go's `netip.ParseAddr`, but for zones, which no field of the API allows.
 *
 * @returns undefined when it is none, or has needless zeros
 */
export function parseIP(text: string): IPAddress | undefined {
  const address = parseIPSloppy(text)
  return address === undefined || address.leadingZeros ? undefined : address
}

/** Reads dotted IPv4, leading zeros allowed. */
export function parseIPv4(text: string): IPAddress | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  let value = 0
  for (const octet of octets) {
    if (!/^[0-9]+$/.test(octet) || Number(octet) > 255) return undefined
    value = value * 256 + Number(octet)
  }
  const leadingZeros = octets.some((octet) => octet.length > 1 && octet.startsWith('0'))
  return { bits: mappedPrefix | BigInt(value), width: 32, leadingZeros }
}

/** Reads IPv6, its last 32 bits in dotted form if so written. */
export function parseIPv6(text: string): IPAddress | undefined {
  const sides = text.split('::')
  if (sides.length > 2) return undefined
  const head = readGroups(sides[0] ?? '', sides.length === 1)
  const tail = readGroups(sides[1] ?? '', true)
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.values.length - tail.values.length
  if (sides.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head.values, ...new Array<number>(missing).fill(0), ...tail.values]
  const bits = groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n)
  return { bits, width: 128, leadingZeros: head.leadingZeros || tail.leadingZeros }
}

interface Groups {
  readonly values: readonly number[]
  readonly leadingZeros: boolean
}

function readGroups(text: string, mayEndInIPv4: boolean): Groups | undefined {
  if (text === '') return { values: [], leadingZeros: false }
  const values: number[] = []
  const parts = text.split(':')
  let leadingZeros = false
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const embedded = mayEndInIPv4 && i === parts.length - 1 ? parseIPv4(part) : undefined
      if (embedded === undefined) return undefined
      values.push(Number((embedded.bits >> 16n) & 0xffffn), Number(embedded.bits & 0xffffn))
      leadingZeros ||= embedded.leadingZeros
      continue
    }
    if (!/^[0-9a-fA-F]+$/.test(part)) return undefined
    const group = Number.parseInt(part, 16)
    if (group > 0xffff) return undefined
    values.push(group)
    leadingZeros ||= part.length > 4
  }
  return { values, leadingZeros }
}

/** Says whether an address names an IPv4 host, in whatever notation. */
export function isIPv4(address: IPAddress): boolean {
  return address.bits >> 32n === 0xffffn
}

/** Says whether an IPv4 address was written as an IPv6 one. */
export function isIPv4Mapped(address: IPAddress): boolean {
  return address.width === 128 && isIPv4(address)
}

/** Writes an address canonically: dotted for IPv4, as RFC 5952 has it for IPv6. */
export function formatIP(address: IPAddress): string {
  if (!isIPv4(address)) return formatIPv6(address.bits)
  return [24n, 16n, 8n, 0n].map((shift) => String((address.bits >> shift) & 0xffn)).join('.')
}

function formatIPv6(bits: bigint): string {
  const groups: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((bits >> shift) & 0xffffn))
  const [start, length] = longestZeros(groups)
  const text = (list: readonly number[]): string => list.map((group) => group.toString(16)).join(':')
  if (length < 2) return text(groups)
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`
}

function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  let start = 0
  groups.forEach((group, i) => {
    if (group !== 0) start = i + 1
    else if (i + 1 - start > best[1]) best = [start, i + 1 - start]
  })
  return best
}
