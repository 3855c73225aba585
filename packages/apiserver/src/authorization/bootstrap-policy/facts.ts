import type { PolicyRule, Subject } from '@kube-bonsai/api-types/rbac/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'

interface Facts {
  readonly name: string
  /** Absent for what belongs to the cluster. */
  readonly namespace?: string
  /** The gates, parted by `&`, without which it is not there. */
  readonly gate?: string
}

/** A role that every cluster has. */
export interface RoleFacts extends Facts {
  /** The roles that take up its rules, parted by `,`. */
  readonly addedTo?: string
  /** By which name it takes up the rules of others; it has none of its own then. */
  readonly gathers?: string
  /**
   * `VERBS GROUPS RESOURCES [NAMES]`, or `VERBS url PATHS`, lists parted by `,` and the core group spelled `core`; after `?GATE ` only
   * with that gate.
   */
  readonly rules?: readonly string[]
}

/** A binding that every cluster has. */
export interface BindingFacts extends Facts {
  /** The name of the role, when it is not the same. */
  readonly role?: string
  /** `u:USER`, `g:GROUP` or, for a service account, `NAMESPACE/NAME`. */
  readonly subjects: readonly string[]
}

/** True when all gates of a text are on. */
export function isOn(gates: FeatureGates, names: string | undefined): boolean {
  return names === undefined || names.split('&').every((name) => gates.enabled(name))
}

/** The gates that facts name. */
export function gatesOf({ gate, rules = [] }: Facts & { readonly rules?: readonly string[] }): readonly string[] {
  const ofRules = rules.flatMap((rule) => (rule.startsWith('?') ? [rule.slice(1, rule.indexOf(' '))] : []))
  return [...(gate === undefined ? [] : [gate]), ...ofRules].flatMap((names) => names.split('&'))
}

/** Reads the rules that the gates leave. */
export function readRules(texts: readonly string[], gates: FeatureGates): readonly PolicyRule[] {
  return texts.flatMap((text) => {
    if (!text.startsWith('?')) return [readRule(text)]
    const end = text.indexOf(' ')
    return isOn(gates, text.slice(1, end)) ? [readRule(text.slice(end + 1))] : []
  })
}

function readRule(text: string): PolicyRule {
  const [verbs = [], groups = [], resources = [], names] = text.split(' ').map((part) => part.split(','))
  if (groups[0] === 'url') return { verbs, nonResourceURLs: resources }
  const apiGroups = groups.map((group) => (group === 'core' ? '' : group))
  return { verbs, apiGroups, resources, ...(names && { resourceNames: names }) }
}

const apiGroup = 'rbac.authorization.k8s.io'

/** Reads a subject. */
export function readSubject(text: string): Subject {
  if (text.startsWith('u:')) return { kind: 'User', apiGroup, name: text.slice(2) }
  if (text.startsWith('g:')) return { kind: 'Group', apiGroup, name: text.slice(2) }
  const [namespace = '', name = ''] = text.split('/')
  return { kind: 'ServiceAccount', name, namespace }
}
