import { serviceAddressErrors } from '@kube-bonsai/api-strategies'
import { type FieldError, FieldPath, invalid, isIPv4, parseIPSloppy } from '@kube-bonsai/apimachinery'
import { type Draft, refusal, sameList } from './draft.ts'

const specPath = FieldPath.of('spec')
const typesWithAddress = new Set(['ClusterIP', 'NodePort', 'LoadBalancer'])

/** What the server has addresses of; the first is what services get that ask for nothing. */
export type Families = readonly string[]

/**
 * Settles IP families and policy of a service before it gets addresses. Throws the 422 for what cannot be had.
 * @param strict whether addresses in unusual spelling are refused
 * @see pkg/registry/core/service/storage/alloc.go initIPFamilyFields
 */
export function settleFamilies(draft: Draft, old: Draft | undefined, families: Families, strict: boolean): void {
  if (draft.type === 'ExternalName' || keepsPreferredStack(draft, old)) return
  const headless = draft.clusterIP === 'None' && draft.selectorless
  draft.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (headless ? 'RequireDualStack' : 'SingleStack')
  check(draft, serviceAddressErrors(fields(draft), old && { spec: fields(old) }, strict))
  const errors = old ? settleChange(draft, old) : []
  check(draft, [...errors, ...tooMany(draft), ...inferFamilies(draft, families)])
  const single = draft.ipFamilyPolicy === 'SingleStack'
  if (headless) {
    if (draft.ipFamilies.length === 0) draft.ipFamilies = families.slice(0, 1)
    if (draft.ipFamilies.length < 2 && !single) draft.ipFamilies = withOther(draft.ipFamilies)
    return
  }
  check(draft, missingFamilies(draft, families))
  if (draft.ipFamilies.length === 0) draft.ipFamilies = families.slice(0, 1)
  if (!single && draft.ipFamilies.length === 1 && families.length === 2) draft.ipFamilies = withOther(draft.ipFamilies)
}

/** Services that prefer two families are not changed just because the cluster has come to have other ones. */
export function keepsPreferredStack(draft: Draft, old: Draft | undefined): boolean {
  if (old === undefined || old.type !== draft.type || !typesWithAddress.has(draft.type)) return false
  if (draft.ipFamilyPolicy !== 'PreferDualStack') return false
  if (old.ipFamilyPolicy !== undefined && old.ipFamilyPolicy !== 'PreferDualStack') return false
  return sameList(draft.clusterIPs, old.clusterIPs) && sameList(draft.ipFamilies, old.ipFamilies)
}

/** A change to one family gives up the second; any other change may not. */
function settleChange(draft: Draft, old: Draft): readonly FieldError[] {
  if (draft.ipFamilyPolicy === 'SingleStack') {
    if (sameList(old.clusterIPs, draft.clusterIPs)) draft.clusterIPs = draft.clusterIPs.slice(0, 1)
    if (sameList(old.ipFamilies, draft.ipFamilies)) draft.ipFamilies = draft.ipFamilies.slice(0, 1)
    return []
  }
  const fewer = (now: readonly string[], before: readonly string[]) => now.length > 0 && now.length < before.length
  const error = (what: string) => policyError(draft, `must be 'SingleStack' to release the secondary ${what}`)
  return [
    ...(fewer(draft.clusterIPs, old.clusterIPs) ? [error('cluster IP')] : []),
    ...(fewer(draft.ipFamilies, old.ipFamilies) ? [error('IP family')] : []),
  ]
}

function tooMany(draft: Draft): readonly FieldError[] {
  if (draft.ipFamilyPolicy !== 'SingleStack') return []
  const error = (what: string) =>
    policyError(draft, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`)
  return [
    ...(draft.clusterIPs.length === 2 ? [error('cluster IPs')] : []),
    ...(draft.ipFamilies.length === 2 ? [error('IP families')] : []),
  ]
}

/** Chosen addresses say their family. */
function inferFamilies(draft: Draft, families: Families): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const [index, address] of draft.clusterIPs.entries()) {
    if (address === 'None') break
    if (index < draft.ipFamilies.length) continue
    const family = familyOf(address)
    if (families.includes(family)) draft.ipFamilies = [...draft.ipFamilies, family]
    else {
      const path = specPath.child('clusterIPs').index(index)
      errors.push(invalid(path, draft.clusterIPs, `${family} is not configured on this cluster`))
    }
  }
  return errors
}

function missingFamilies(draft: Draft, families: Families): readonly FieldError[] {
  const required = draft.ipFamilyPolicy === 'RequireDualStack' && families.length < 2
  const unknown = draft.ipFamilies.flatMap((family, index) =>
    families.includes(family)
      ? []
      : [invalid(specPath.child('ipFamilies').index(index), family, 'not configured on this cluster')],
  )
  return [
    ...(required ? [policyError(draft, 'this cluster is not configured for dual-stack services')] : []),
    ...unknown,
  ]
}

function familyOf(address: string): string {
  const parsed = parseIPSloppy(address)
  if (parsed === undefined) return ''
  return isIPv4(parsed) ? 'IPv4' : 'IPv6'
}

function withOther(families: readonly string[]): readonly string[] {
  return [...families, families[0] === 'IPv4' ? 'IPv6' : 'IPv4']
}

function policyError(draft: Draft, detail: string): FieldError {
  return invalid(specPath.child('ipFamilyPolicy'), draft.ipFamilyPolicy, detail)
}

function fields({ type, clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy }: Draft) {
  return { type, clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy }
}

function check(draft: Draft, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw refusal(draft, errors)
}
