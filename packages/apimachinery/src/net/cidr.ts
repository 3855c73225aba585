import { formatIP, type IPAddress, isIPv4, parseIPv4, parseIPv6 } from './ip-address.ts'

/** An address and how many of its bits name the network. */
export interface CIDR {
  readonly address: IPAddress
  /** The address with the bits beyond the prefix cleared. */
  readonly network: IPAddress
  /** Counted as written: of 32 for dotted IPv4, of 128 otherwise. */
  readonly prefix: number
  /** True when the address or the prefix had needless zeros. */
  readonly leadingZeros: boolean
}

/**
 * Reads CIDR notation as Kubernetes does for old fields: leading zeros and host bits are allowed.
 *
 * @returns undefined when it is none
 */
export function parseCIDRSloppy(text: string): CIDR | undefined {
  if (text.length > 256) return undefined
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const host = text.slice(0, slash)
  const size = text.slice(slash + 1)
  const address = parseIPv4(host) ?? parseIPv6(host)
  if (address === undefined || !/^[0-9]+$/.test(size)) return undefined
  const prefix = Number(size)
  if (prefix > address.width) return undefined
  return {
    address,
    network: masked(address, prefix),
    prefix,
    leadingZeros: address.leadingZeros || (size.length > 1 && size.startsWith('0')),
  }
}

/** Writes the network of a CIDR canonically; an IPv4-mapped one becomes IPv4. */
export function formatCIDR({ network, prefix }: CIDR): string {
  return `${formatIP(network)}/${prefixOf(network, prefix)}`
}

/** Writes address and prefix of a CIDR canonically, host bits kept. */
export function formatInterfaceAddress({ address, prefix }: CIDR): string {
  const size = isIPv4(address) && address.width === 128 && prefix > 32 ? prefix - 96 : prefix
  return `${formatIP(address)}/${size}`
}

/** Says whether a network holds an address; IPv4 and IPv6 never hold each other. */
export function cidrContains({ network, prefix }: CIDR, address: IPAddress): boolean {
  if (isIPv4(network) !== isIPv4(address)) return false
  return masked({ ...address, width: network.width }, prefix).bits === network.bits
}

function prefixOf(network: IPAddress, prefix: number): number {
  return network.width === 128 && isIPv4(network) ? prefix - 96 : prefix
}

function masked(address: IPAddress, prefix: number): IPAddress {
  const cleared = BigInt(address.width - prefix)
  return { ...address, bits: (address.bits >> cleared) << cleared }
}
