import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  isIPv4,
  isValidCIDR,
  parseCIDRSloppy,
  required,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, listGiven, listOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const path = FieldPath.of('spec', 'cidrs')
const maxCIDRs = 2
const oneOfEachFamily = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'

const cidrsOf = (object: Fields): readonly string[] => listOf(fieldsOf(object['spec'])['cidrs']).map(textOf)

function familyOf(text: string): boolean | undefined {
  const cidr = parseCIDRSloppy(text)
  return cidr === undefined ? undefined : isIPv4(cidr.address)
}

function cidrErrors(cidrs: readonly string[]): readonly FieldError[] {
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')]
  if (cidrs.length > maxCIDRs) return [invalid(path, { CIDRs: cidrs }, 'may only hold up to 2 values')]
  const errors = cidrs.flatMap((cidr, index) => isValidCIDR(path.index(index), cidr))
  const [first, second] = cidrs.map(familyOf)
  if (cidrs.length < maxCIDRs || first === undefined || first !== second) return errors
  return [...errors, invalid(path, cidrs, oneOfEachFamily)]
}

/** A second network may join the first; nothing else may change. */
function updateErrors(object: Fields, before: Fields): readonly FieldError[] {
  const [cidrs, old] = [cidrsOf(object), cidrsOf(before)]
  const changedAt = (index: number): readonly FieldError[] =>
    cidrs[index] === old[index] ? [] : [invalid(path.index(index), cidrs[index] ?? '', fieldImmutableMessage)]
  if (cidrs.length === old.length) return old.flatMap((_, index) => changedAt(index))
  if (old.length === 1 && cidrs.length === maxCIDRs) return [...changedAt(0), ...cidrErrors(cidrs)]
  return [invalid(path, listGiven(fieldsOf(object['spec']), 'cidrs'), fieldImmutableMessage)]
}

/** @see pkg/registry/networking/servicecidr/strategy.go */
export const serviceCIDRRoom: Room = {
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  validate: (object) => cidrErrors(cidrsOf(object)),
  update: { validate: updateErrors },
}
