import { count } from './amounts.ts'
import type { Evaluator } from './evaluator.ts'

const aliases: Readonly<Record<string, string>> = {
  configmaps: 'configmaps',
  resourcequotas: 'resourcequotas',
  replicationcontrollers: 'replicationcontrollers',
  secrets: 'secrets',
}

/** The name under which quotas count the objects of a resource. */
export function countName(group: string, resource: string): string {
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`
}

/** Counts objects; what any resource without an evaluator of its own is measured by. */
export function objectCount(group: string, resource: string): Evaluator {
  const alias = group === '' && Object.hasOwn(aliases, resource) ? aliases[resource] : undefined
  const names = [countName(group, resource), ...(alias === undefined ? [] : [alias])]
  return {
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    matchingResources: (wanted) => wanted.filter((name) => names.includes(name)),
    matchesScope: () => false,
    usage: () => new Map(names.map((name) => [name, count(1)])),
  }
}
