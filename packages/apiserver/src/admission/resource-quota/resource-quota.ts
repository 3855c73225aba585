import type { ResourceQuota } from '@kube-bonsai/api-types/core/v1'
import { StatusError } from '@kube-bonsai/apimachinery'
import { newRequestContext, type RequestContext, type ServerContext } from '../../context.ts'
import { updateObject } from '../../registry/update.ts'
import type { AdmissionPlugin, Attributes } from '../chain.ts'
import { systemTarget, systemUser } from '../system-objects.ts'
import { type Charge, charged, chargesOf } from './check.ts'
import type { Evaluator } from './evaluator.ts'
import { evaluatorFor } from './evaluators.ts'

const attempts = 4

/**
 * Lets nothing through that a quota of the namespace has no room for, and charges what it lets through.
 * Requests of one namespace wait for each other, so that they cannot use up the same rest.
 * @see staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota
 */
export function resourceQuota(): AdmissionPlugin {
  const turns = new Map<string, Promise<void>>()
  return {
    name: 'ResourceQuota',
    async validate(context, attributes) {
      const { namespace, target } = attributes
      if (namespace === '' || !target.stored.namespaced) return
      const evaluator = evaluatorFor(target.info.group, target.info.resource)
      if (evaluator === undefined || !evaluator.handles(attributes)) return
      if ((await quotasOf(context, namespace)).length === 0) return
      const before = turns.get(namespace) ?? Promise.resolve()
      const turn = before.then(() => charge(context, attributes, evaluator))
      const done = turn.catch(() => undefined)
      turns.set(namespace, done)
      try {
        await turn
      } finally {
        if (turns.get(namespace) === done) turns.delete(namespace)
      }
    },
  }
}

async function charge(context: RequestContext, attributes: Attributes, evaluator: Evaluator): Promise<void> {
  const { server } = context
  let only: ReadonlySet<string> | undefined
  for (let attempt = 1; ; attempt++) {
    const quotas = await quotasOf(context, attributes.namespace)
    const current = quotas.filter(({ metadata }) => only === undefined || only.has(metadata.name ?? ''))
    const charges = chargesOf(current, attributes, evaluator, { gates: server.gates, now: server.clock.now() })
    if (attributes.dryRun) return
    const failed = new Map<string, unknown>()
    for (const entry of charges) {
      const { name = '' } = entry.quota.metadata
      await store(server, entry).catch((error: unknown) => failed.set(name, error))
    }
    if (failed.size === 0) return
    if (attempt === attempts) throw [...failed.values()][0]
    only = new Set(failed.keys())
  }
}

/** Stores the usage of a quota. Throws a 409 when the quota has changed meanwhile. */
async function store(server: ServerContext, entry: Charge): Promise<void> {
  const target = await systemTarget(server, '', 'v1', 'resourcequotas')
  const rules = target.strategy.subresources['status']
  const { namespace = '', name = '' } = entry.quota.metadata
  const options = { namespace, name, subresource: 'status', dryRun: false, mayCreate: false, ...(rules && { rules }) }
  await updateObject(newRequestContext(server, systemUser, 'kube-apiserver'), target, options, (current) => {
    if (current === undefined)
      throw StatusError.of({ reason: 'NotFound', message: `resourcequotas "${name}" not found` })
    return charged(entry)
  })
}

async function quotasOf({ server }: RequestContext, namespace: string): Promise<readonly ResourceQuota[]> {
  const { items } = await server.storage.range({ prefix: `/registry/core/resourcequotas/${namespace}/` })
  return items.map(({ value }) => value as ResourceQuota)
}
