import { invalid } from '../field/errors.ts'
import type { FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { quote } from '../text/quote.ts'
import { type CIDR, formatCIDR, formatInterfaceAddress, parseCIDRSloppy } from './cidr.ts'
import { formatIP, isIPv4Mapped, parseIPSloppy } from './ip-address.ts'

/** How `isValidIPForLegacyField` and `isValidCIDRForLegacyField` judge. */
export interface LegacyFieldOptions {
  /** False when the StrictIPCIDRValidation gate is off. */
  readonly strict: boolean
  /** Values of the stored object, which stay allowed whatever they are. */
  readonly oldValues?: readonly string[]
}

/**
 * Checks an IP address of a new field: strict and canonical.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go
 */
export function isValidIP(path: FieldPath, value: string): readonly FieldError[] {
  return marked([...ipErrors(path, value, true), ...canonicalIPErrors(path, value)], 'format=ip-strict')
}

/** Checks an IP address of a field that is older than strict checking; any spelling is allowed. */
export function isValidIPForLegacyField(
  path: FieldPath,
  value: string,
  { strict, oldValues = [] }: LegacyFieldOptions,
): readonly FieldError[] {
  return oldValues.includes(value) ? [] : marked(ipErrors(path, value, strict), 'format=ip-sloppy')
}

/** Checks a network in CIDR notation of a new field: strict, canonical, no host bits. */
export function isValidCIDR(path: FieldPath, value: string): readonly FieldError[] {
  const errors = cidrErrors(path, value, true)
  const cidr = parseCIDRSloppy(value)
  if (errors.length > 0 || cidr === undefined) return errors
  return canonicalErrors(path, value, formatCIDR(cidr))
}

/** Checks a network in CIDR notation of a field that is older than strict checking; any spelling is allowed. */
export function isValidCIDRForLegacyField(
  path: FieldPath,
  value: string,
  { strict, oldValues = [] }: LegacyFieldOptions,
): readonly FieldError[] {
  return oldValues.includes(value) ? [] : cidrErrors(path, value, strict)
}

/** Checks the address of an interface: CIDR notation with its host bits, canonical. */
export function isValidInterfaceAddress(path: FieldPath, value: string): readonly FieldError[] {
  const cidr = parseCIDRSloppy(value)
  if (cidr !== undefined) return canonicalErrors(path, value, formatInterfaceAddress(cidr))
  return [invalid(path, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')]
}

/** Warns of an IP address that is allowed in an old field but spelled in a bad way. */
export function getWarningsForIP(path: FieldPath, value: string): readonly string[] {
  const address = parseIPSloppy(value)
  if (address === undefined) return []
  const canonical = quote(formatIP(address))
  if (address.leadingZeros || isIPv4Mapped(address)) {
    return [
      `${path}: non-standard IP address ${quote(value)} will be considered invalid in a future Kubernetes release: use ${canonical}`,
    ]
  }
  if (formatIP(address) === value) return []
  return [`${path}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${canonical})`]
}

/** Warns of a CIDR value that is allowed in an old field but ambiguous or spelled in a bad way. */
export function getWarningsForCIDR(path: FieldPath, value: string): readonly string[] {
  const cidr = parseCIDRSloppy(value)
  if (cidr === undefined) return []
  const canonical = quote(formatCIDR(cidr))
  const warnings: string[] = []
  if (hasHostBits(cidr)) {
    const single = quote(`${formatIP(cidr.address)}/${cidr.address.width}`)
    warnings.push(
      `${path}: CIDR value ${quote(value)} is ambiguous in this context (should be ${canonical} or ${single}?)`,
    )
  }
  if (cidr.leadingZeros || isIPv4Mapped(cidr.address)) {
    warnings.push(
      `${path}: non-standard CIDR value ${quote(value)} will be considered invalid in a future Kubernetes release: use ${canonical}`,
    )
  }
  if (warnings.length > 0 || formatCIDR(cidr) === value) return warnings
  return [`${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${canonical})`]
}

function ipErrors(path: FieldPath, value: string, strict: boolean): readonly FieldError[] {
  const address = parseIPSloppy(value)
  if (address === undefined) {
    return [invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  }
  if (!strict) return []
  if (address.leadingZeros) return [invalid(path, value, 'must not have leading 0s')]
  return isIPv4Mapped(address) ? [invalid(path, value, 'must not be an IPv4-mapped IPv6 address')] : []
}

function canonicalIPErrors(path: FieldPath, value: string): readonly FieldError[] {
  const address = parseIPSloppy(value)
  if (address === undefined || address.leadingZeros || isIPv4Mapped(address)) return []
  return canonicalErrors(path, value, formatIP(address))
}

function canonicalErrors(path: FieldPath, value: string, canonical: string): readonly FieldError[] {
  return value === canonical ? [] : [invalid(path, value, `must be in canonical form (${quote(canonical)})`)]
}

function cidrErrors(path: FieldPath, value: string, strict: boolean): readonly FieldError[] {
  const cidr = parseCIDRSloppy(value)
  if (cidr === undefined) {
    return [invalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  }
  if (!strict) return []
  if (cidr.leadingZeros) return [invalid(path, value, 'must not have leading 0s in IP or prefix length')]
  if (isIPv4Mapped(cidr.address)) return [invalid(path, value, 'must not have an IPv4-mapped IPv6 address')]
  return hasHostBits(cidr) ? [invalid(path, value, 'must not have bits set beyond the prefix length')] : []
}

function hasHostBits({ address, network }: CIDR): boolean {
  return address.bits !== network.bits
}

function marked(errors: readonly FieldError[], origin: string): readonly FieldError[] {
  return errors.map((error) => ({ ...error, origin }))
}
