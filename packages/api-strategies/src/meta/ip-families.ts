import { isIPv4, parseCIDRSloppy, parseIPSloppy } from '@kube-bonsai/apimachinery'

/** The family of an address in any spelling; undefined for a text that is none. */
export function ipFamilyOf(text: string): 'IPv4' | 'IPv6' | undefined {
  const address = parseIPSloppy(text)
  if (address === undefined) return undefined
  return isIPv4(address) ? 'IPv4' : 'IPv6'
}

/** Whether there is an address of each family among them, and nothing else. */
export function isDualStack(addresses: readonly string[]): boolean {
  const families = addresses.map(ipFamilyOf)
  return !families.includes(undefined) && families.includes('IPv4') && families.includes('IPv6')
}

/** The same for networks in CIDR notation. */
export function isDualStackCIDRs(networks: readonly string[]): boolean {
  const families = networks.map((text) => {
    const cidr = parseCIDRSloppy(text)
    return cidr === undefined ? undefined : isIPv4(cidr.address)
  })
  return !families.includes(undefined) && families.includes(true) && families.includes(false)
}
