import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '@kube-bonsai/api-types/apiextensions/v1'
import { aggregateMessage, quote, semanticEqual } from '@kube-bonsai/apimachinery'
import { conditionOf, holds, type NewCondition, says, withCondition } from '../definition.ts'

/**
 * The definition with those of its names accepted that no other of its group has taken; itself when nothing changes.
 *
 * @param others all other definitions
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/controller/status/naming_controller.go
 */
export function withAcceptedNames(
  crd: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: string,
): CustomResourceDefinition {
  const accepted = crd.status?.acceptedNames ?? { kind: '', plural: '' }
  if (semanticEqual(crd.spec.names, accepted)) return crd
  const { names, problem } = decide(crd.spec.names, accepted, takenBy(crd, others))
  const condition: NewCondition = problem ?? {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  }
  if (semanticEqual(names, accepted) && says(crd, condition)) return crd
  const named = { ...crd, status: { ...crd.status, acceptedNames: names } }
  return withCondition(withCondition(named, condition, now), established(crd, problem === undefined), now)
}

function established(crd: CustomResourceDefinition, accepted: boolean): NewCondition {
  const { status, reason = '', message = '' } = conditionOf(crd, 'Established') ?? {}
  if (holds(crd, 'Established')) return { type: 'Established', status: 'True', reason, message }
  if (accepted)
    return {
      type: 'Established',
      status: 'False',
      reason: 'Installing',
      message: 'the initial names have been accepted',
    }
  if (status === 'False') return { type: 'Established', status, reason, message }
  return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
}

interface Taken {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

/** Upstream counts the definition's own names too, but compares with them first. */
function takenBy(crd: CustomResourceDefinition, others: readonly CustomResourceDefinition[]): Taken {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const other of [crd, ...others]) {
    if (other.spec.group !== crd.spec.group) continue
    const { plural = '', singular = '', shortNames = [], kind = '', listKind = '' } = other.status?.acceptedNames ?? {}
    for (const name of [plural, singular, ...shortNames]) resources.add(name)
    for (const name of [kind, listKind]) kinds.add(name)
  }
  return { resources, kinds }
}

function decide(wanted: CustomResourceDefinitionNames, accepted: CustomResourceDefinitionNames, taken: Taken) {
  let problem: NewCondition | undefined
  const conflict = (reason: string, message: string) => {
    problem = { type: 'NamesAccepted', status: 'False', reason, message }
  }
  const inUse = (name: string) => `${quote(name)} is already in use`
  const decideOne = (field: 'plural' | 'singular' | 'kind' | 'listKind', reason: string): string => {
    const [one = '', own = ''] = [wanted[field], accepted[field]]
    const used = field === 'plural' || field === 'singular' ? taken.resources : taken.kinds
    if (one === own || !used.has(one)) return one
    conflict(reason, inUse(one))
    return own
  }
  const plural = decideOne('plural', 'PluralConflict')
  const singular = decideOne('singular', 'SingularConflict')
  let { shortNames } = accepted
  if (!semanticEqual(wanted.shortNames ?? [], shortNames ?? [])) {
    const own = new Set(shortNames)
    const clashes = (wanted.shortNames ?? []).filter((name) => !own.has(name) && taken.resources.has(name))
    if (clashes.length === 0) shortNames = wanted.shortNames
    else conflict('ShortNamesConflict', aggregateMessage(clashes.map(inUse)))
  }
  const kind = decideOne('kind', 'KindConflict')
  const listKind = decideOne('listKind', 'ListKindConflict')
  const names: CustomResourceDefinitionNames = {
    plural,
    kind,
    ...(singular !== '' && { singular }),
    ...(listKind !== '' && { listKind }),
    ...(shortNames && shortNames.length > 0 && { shortNames }),
    ...(wanted.categories && { categories: wanted.categories }),
  }
  return { names, problem }
}
