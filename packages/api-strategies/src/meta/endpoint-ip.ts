import {
  type FieldError,
  type FieldPath,
  type IPAddress,
  invalid,
  isIPv4,
  parseIPSloppy,
} from '@kube-bonsai/apimachinery'

/**
 * Refuses addresses that traffic cannot be sent to: unspecified, loopback and link-local ones.
 *
 * @see pkg/apis/core/validation/validation.go ValidateEndpointIP
 */
export function endpointIPErrors(text: string, path: FieldPath): readonly FieldError[] {
  const address = parseIPSloppy(text)
  if (address === undefined)
    return [{ ...invalid(path, text, 'must be a valid IP address'), origin: 'format=ip-sloppy' }]
  const errors: FieldError[] = []
  if (isUnspecified(address)) errors.push(invalid(path, text, `may not be unspecified (${text})`))
  const detail = isIPv4(address) ? refusedIPv4(address) : refusedIPv6(address)
  if (detail !== undefined) errors.push(invalid(path, text, detail))
  return errors.map((error) => ({ ...error, origin: 'format=endpoint-ip' }))
}

const isUnspecified = (address: IPAddress): boolean =>
  (isIPv4(address) ? address.bits & 0xffff_ffffn : address.bits) === 0n

const loopback = 'may not be in the loopback range (127.0.0.0/8, ::1/128)'
const linkLocal = 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'
const multicast = 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'

function refusedIPv4(address: IPAddress): string | undefined {
  const bits = address.bits & 0xffff_ffffn
  if (bits >> 24n === 127n) return loopback
  if (bits >> 16n === 0xa9fen) return linkLocal
  return bits >> 8n === 0xe0_0000n ? multicast : undefined
}

function refusedIPv6({ bits }: IPAddress): string | undefined {
  if (bits === 1n) return loopback
  if (bits >> 118n === 0x3fan) return linkLocal
  return bits >> 112n === 0xff02n ? multicast : undefined
}
